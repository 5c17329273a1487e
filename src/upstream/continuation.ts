import { type Fault, fault, faultRow } from '../base/fault.ts';
import { failed, type Result } from '../base/result.ts';
import { type Call, completesOnlyText } from '../call/call.ts';
import type { Event } from '../call/event.ts';
import type { AssistantMessage, AssistantPart } from '../call/message.ts';
import { apart } from '../call/text-run.ts';
import { completesTexts } from '../catalog/dialect-table.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Target } from '../facts/target.ts';
import type { Continuation, Translation } from './errand.ts';
import { createOverlap, type Overlap } from './overlap.ts';

/** A call that goes on with a cut answer, as what is left of the money and of its length allows; null = nothing is left. */
export type Rest = (call: Call, target: Target) => Call | null;

type Way = 'prefill' | 'text';
type Means = {
  readonly rest: Rest;
  /** Does a host go on with a last message of the assistant's? Some models refuse it: then they are asked in words. */
  readonly prefills: (endpoint: Endpoint) => boolean;
  readonly translate: (call: Call, target: Target) => Result<Translation<'chat'>, Fault>;
};

/** Only one answer of plain text can be gone on with: nobody could join the halves of anything else. */
export const canContinue = (call: Call): boolean =>
  call.stream &&
  (call.sampling.n ?? 1) === 1 &&
  !call.sampling.logprobs &&
  call.sampling.top_logprobs === undefined &&
  !completesOnlyText(call) &&
  !(call.output.type === 'json-schema' && call.output.strict) &&
  (call.modalities ?? []).every((modality) => modality === 'text');

/** What remembers a streamed answer, and asks others to go on with it where it is cut. Of one run. */
export function chatContinuation(asked: Call, { rest, translate, prefills }: Means): Continuation<'chat'> {
  let shown = '';
  /** Something was shown that no text can follow: a tool call, an end. */
  let isClosed = false;
  /** Null in the first part of the answer. */
  let overlap: Overlap | null = null;
  let way: Way = 'prefill';

  /** False = what comes cannot be joined to what was shown. */
  const take = (event: Event, out: Event[]): boolean => {
    switch (event.type) {
      case 'fault':
        return true; // told when nobody goes on
      case 'text':
        return takeText(event.choice, overlap ? overlap.push(event.text) : event.text, out, event);
      case 'finish':
        if (event.reason === 'error') return true; // its fault follows
        break;
      case 'usage':
      case 'end':
        break;
      case 'start':
      case 'native':
      case 'reasoning':
        if (!overlap) out.push(event);
        return true;
      case 'annotation':
      case 'logprobs':
        isClosed = true;
        if (!overlap) out.push(event);
        return true;
      default:
    }
    if (overlap && !takeText(0, overlap.end(), out)) return false;
    if (event.type !== 'usage' && event.type !== 'end') isClosed = true;
    out.push(event);
    return true;
  };
  const takeText = (choice: number, text: string | null, out: Event[], whole?: Event): boolean => {
    if (text === null) return false;
    if (text === '' && (overlap || !whole)) return true;
    shown += text;
    out.push(whole?.type === 'text' && whole.text === text ? whole : { type: 'text', choice, text });
    return true;
  };

  return {
    pass: (steps) => {
      const out: Event[] = [];
      for (const event of apart(steps)) if (!take(event, out)) return null;
      return out;
    },
    follows: (value) => !isClosed && faultRow(value).blame === 'upstream' && value.code !== 'upstream_schema_mismatch',
    otherWay: (value, { endpoint }) => {
      if (way === 'text' || !isRefusal(value) || !takesText(asked) || !prefills(endpoint)) return false;
      way = 'text';
      return true;
    },
    turnTo: () => {
      way = 'prefill';
    },
    begin: () => {
      overlap = createOverlap(shown);
    },
    translate: (target) => {
      const byPrefill = way === 'prefill' && prefills(target.endpoint);
      if (!byPrefill && shown !== '' && !takesText(asked)) return failed(UNCONTINUABLE);
      const call = rest(goingOn(asked, target.endpoint, { shown, way: byPrefill ? 'prefill' : 'text' }), target);
      return call ? translate(call, target) : failed(UNCONTINUABLE);
    },
  };
}

/** The endpoint does not take what it was sent, rather than being unable to answer. */
const isRefusal = (value: Fault): boolean =>
  faultRow(value).blame === 'caller' || value.code === 'upstream_not_implemented';

/** Of one endpoint: another may be able to. */
const UNCONTINUABLE = fault('upstream_not_implemented', 'The answer cannot be continued at this endpoint.');

/** What has a form of its own can be gone on with only inside of it. */
const takesText = ({ output }: Call): boolean => output.type === 'text';

const GO_ON =
  'Your answer was cut off in transmission after its last character above. Write what comes next, and nothing else: begin with the very next character, repeat nothing that is already written, and say nothing about the interruption.';

/** The same call with what was shown as the assistant's last message, and a request to go on where that is no prefill. */
function goingOn(asked: Call, { dialect }: Endpoint, { shown, way }: { shown: string; way: Way }): Call {
  const { prediction: _, completion, ...call } = asked;
  if (shown === '') return asked; // only thoughts were shown: the text is still to come
  if (completion && completesTexts(dialect.id)) {
    const prompts = completion.prompts.map((prompt) => (typeof prompt === 'string' ? prompt + shown : prompt));
    return { ...call, completion: { ...completion, prompts } };
  }
  const last = call.messages.at(-1);
  const begun = last?.role === 'assistant' ? last : null;
  const message: AssistantMessage = { ...begun, role: 'assistant', parts: withText(begun?.parts ?? [], shown) };
  const before = begun ? call.messages.slice(0, -1) : call.messages;
  const request = { role: 'user' as const, parts: [{ type: 'text' as const, text: GO_ON }] };
  return { ...call, messages: [...before, message, ...(way === 'text' ? [request] : [])] };
}

function withText(parts: readonly AssistantPart[], text: string): AssistantPart[] {
  const last = parts.at(-1);
  return last?.type === 'text'
    ? [...parts.slice(0, -1), { ...last, text: last.text + text }]
    : [...parts, { type: 'text', text }];
}
