import { assert } from '../../../base/assert.ts';
import type { Json, JsonObject } from '../../../base/json.ts';
import type { Event } from '../../../call/event.ts';
import type { AssistantPart, ReasoningPart } from '../../../call/message.ts';
import type { Choice, Reply } from '../../../call/reply.ts';
import type { AnswerContext } from '../../dialect.ts';
import { joinsItem } from '../reasoning.ts';
import { DIALECT } from '../tools.ts';
import { createAnswerWriter } from './answer.ts';

/** A finished reply is written as its events are; what the terminal event carries is the answer. */
export function encodeReply(reply: Reply, answer: AnswerContext): Json {
  let response: JsonObject | undefined;
  const write = createAnswerWriter(answer, (_type, fields) => {
    if (fields.response !== undefined) response = fields.response as JsonObject;
  });
  for (const event of eventsOf(reply)) write(event);
  assert(response, 'a reply ends with a response');
  return response;
}

function* eventsOf(reply: Reply): Generator<Event> {
  yield { type: 'start', ...(reply.serviceTier !== undefined && { serviceTier: reply.serviceTier }) };
  const choice = reply.choices.find(({ index }) => index === 0);
  if (choice) yield* eventsOfChoice(choice);
  if (reply.usage) yield { type: 'usage', usage: reply.usage, ...(reply.bill && { bill: reply.bill }) };
  yield { type: 'end' };
}

/** What belongs to the text as a whole (annotations, log probabilities) is told with its last part. */
function* eventsOfChoice(choice: Choice): Generator<Event> {
  const natives = nativeItems(choice);
  const lastText = choice.parts.findLastIndex((part) => part.type === 'text');
  const begins = createItemCounter();
  let tools = 0;
  let place = 0;
  const used = choice.serverTools ?? [];
  for (const [at, part] of choice.parts.entries()) {
    for (const placed of used) if (placed.at === at) yield { type: 'server-tool', choice: 0, call: placed.call };
    if (begins(part)) {
      for (; (natives[0]?.place ?? Number.POSITIVE_INFINITY) <= place; place += natives.shift()?.items ?? 0)
        yield { type: 'native', choice: 0, native: { dialect: DIALECT, fields: natives[0]?.fields ?? {} } };
      place++;
    }
    yield* eventsOfPart(part, part.type === 'tool-call' ? tools++ : at);
    if (at === lastText) yield* aboutText(choice);
  }
  for (const { at, call } of used) if (at >= choice.parts.length) yield { type: 'server-tool', choice: 0, call };
  for (const { fields } of natives) yield { type: 'native', choice: 0, native: { dialect: DIALECT, fields } };
  if (lastText < 0) yield* aboutText(choice);
  yield { type: 'finish', choice: 0, reason: choice.finish, native: choice.nativeFinish };
}

/** Says of each part whether it begins another output item than the part before it. */
function createItemCounter(): (part: AssistantPart) => boolean {
  let thought: ReasoningPart[] = [];
  let before: AssistantPart['type'] | undefined;
  return (part) => {
    const last = before;
    before = part.type;
    if (part.type === 'reasoning') {
      const joins = last === 'reasoning' && joinsItem(thought, part);
      thought = joins ? [...thought, part] : [part];
      return !joins;
    }
    const isMessage = part.type === 'text' || part.type === 'refusal';
    return !(isMessage && (last === 'text' || last === 'refusal'));
  };
}

/** Items and phases that only this dialect knows, by their place in the vendor's output. */
type NativeItem = { readonly place: number; readonly items: 0 | 1; readonly fields: JsonObject };

function nativeItems(choice: Choice): NativeItem[] {
  if (choice.native?.dialect !== DIALECT) return [];
  return Object.entries(choice.native.fields)
    .flatMap(([name, value]): NativeItem[] => {
      const match = /^(item|phase):(\d+)$/.exec(name);
      return match ? [{ place: Number(match[2]), items: match[1] === 'item' ? 1 : 0, fields: { [name]: value } }] : [];
    })
    .sort((a, b) => a.place - b.place);
}

function* aboutText(choice: Choice): Generator<Event> {
  for (const annotation of choice.annotations ?? []) yield { type: 'annotation', choice: 0, annotation };
  if (choice.logprobs?.content) yield { type: 'logprobs', choice: 0, content: choice.logprobs.content };
}

function* eventsOfPart(part: AssistantPart, index: number): Generator<Event> {
  switch (part.type) {
    case 'text':
    case 'refusal':
      yield { type: part.type, choice: 0, text: part.text };
      return;
    case 'reasoning': {
      const { type: _type, native: _native, cache: _cache, ...members } = part;
      yield { type: 'reasoning', choice: 0, index, ...members };
      return;
    }
    case 'tool-call':
      yield {
        type: 'tool-start',
        choice: 0,
        index,
        id: part.id,
        name: part.name,
        ...(part.native && { native: part.native }),
      };
      yield { type: 'tool-arguments', choice: 0, index, text: part.arguments };
      return;
    case 'image':
      yield { type: 'image', choice: 0, source: part.source };
      return;
    case 'audio':
      return;
    default:
      part satisfies never;
  }
}
