import { type Fault, fault } from '../../../base/fault.ts';
import type { Frame } from '../../../base/frame.ts';
import { arrayOf, isObject, type Json, type JsonObject, objectOf } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { Call } from '../../../call/call.ts';
import { collect } from '../../../call/collect.ts';
import type { Event } from '../../../call/event.ts';
import type { Reply } from '../../../call/reply.ts';
import type { EventDecoder, UpstreamContext } from '../../dialect.ts';
import { frameJson } from '../../frame-json.ts';
import { faultOfError } from '../../openai-fault.ts';
import { brokenChoice, faultInside } from '../../openai-fault-inside.ts';
import { createAnswerReader } from './answer.ts';
import { readPlainAnswer } from './plain-answer.ts';

/** Text inside a broken frame: a value of a text member that had begun. */
const CUT_TEXT = /"(?:content|reasoning|reasoning_content|arguments|refusal|text|data)"\s*:\s*"[^"]/;

/**
 * Reads a stream. It ends well with `[DONE]`, or without it (Perplexity, Gemini's compatible API) if every choice gave
 * its finish reason; anything else is `upstream_truncated`.
 *
 * A frame that is no JSON is skipped and the stream read on: proxies insert such frames. But if it visibly cut a text,
 * the answer ends there with `upstream_malformed`, so that what was delivered is a clean beginning; and at the end the
 * answer counts as whole only if the vendor's own count of output tokens proves that nothing is missing. After every
 * finish reason a broken frame holds no text and means nothing.
 */
export function decodeEvents(upstream: UpstreamContext): EventDecoder {
  const reader = createAnswerReader(upstream, { whole: false });
  const provider = upstream.target.endpoint.provider.name;
  let over = false;
  let lostFrame = false;

  const fail = (value: Fault, out: Event[]): Event[] => {
    over = true;
    out.push({ type: 'fault', fault: value });
    return out;
  };
  const finish = (out: Event[]): Event[] => {
    over = true;
    if (lostFrame && !reader.countsEveryToken()) {
      reader.tellUsage(out);
      return fail(fault('upstream_malformed', 'A part of the answer was unreadable, so it may not be whole.'), out);
    }
    reader.close(out);
    return out;
  };
  const errorFrame = (frame: Frame, said: Json | undefined): Event[] =>
    fail(faultOfError(said, { status: null, provider, now: null, raw: frame.data }), []);

  const push = (frame: Frame): Event[] => {
    if (over || frame.data === '') return [];
    if (frame.data === '[DONE]') return reader.hasChoices() ? finish([]) : fail(noAnswer(), []);
    if (frame.exception) return fail(fault('upstream_malformed', 'The stream broke its own framing.'), []);
    const chunk = frameJson(frame);
    if (frame.event === 'error') return errorFrame(frame, chunk);
    if (!isObject(chunk)) {
      if (Array.isArray(chunk) && isObject(chunk[0]) && chunk[0].error) return errorFrame(frame, chunk);
      if (reader.isComplete() || chunk === null) return [];
      lostFrame = true;
      const isCut = CUT_TEXT.test(frame.data);
      return isCut ? fail(fault('upstream_malformed', 'A part of the answer was unreadable.'), []) : [];
    }
    const out: Event[] = [];
    const broken = brokenChoice(chunk, upstream.call);
    const error = faultInside(broken ?? chunk, 'choices', { provider, raw: () => frame.data });
    if (error === undefined || broken) reader.read(chunk, out);
    else if (chunk.usage) reader.read({ usage: chunk.usage }, out);
    if (error !== undefined) {
      reader.tellUsage(out);
      fail(error, out);
    }
    return out;
  };

  const end = (): Event[] => {
    if (over) return [];
    if (reader.isComplete()) return finish([]);
    const out: Event[] = [];
    reader.tellUsage(out);
    return fail(fault('upstream_truncated', 'The answer broke off before it was complete.'), out);
  };
  const { repeated, counted } = reader;
  return { push, end, again: { textIn, padding: PADDING, counts: 'usage', repeated, counted } };
}

/** OpenAI hides the lengths of texts behind them. */
const PADDING = ['obfuscation', 'p'];

function textIn({ choices }: JsonObject): Json | undefined {
  const [only, ...others] = arrayOf(choices).map(objectOf);
  return only && others.length === 0 ? objectOf(only.delta).content : undefined;
}

const noAnswer = (): Fault => fault('upstream_malformed', 'The provider ended the stream without an answer.');

/** Reads a whole answer, which may be an error although its status was 200. */
export function decodeReply(body: Json, upstream: UpstreamContext): Result<Reply, Fault> {
  const plain = isObject(body) ? readPlainAnswer(body, upstream) : null;
  return plain ? ok(plain) : decodeAnyReply(body, upstream);
}

/** The same by way of its events, as a stream is read. */
export function decodeAnyReply(body: Json, upstream: UpstreamContext): Result<Reply, Fault> {
  const answer: JsonObject = isObject(body) ? body : {};
  const reader = createAnswerReader(upstream, { whole: true });
  const errorBody = brokenChoice(answer, upstream.call) ?? answer;
  const error = faultInside(errorBody, 'choices', {
    provider: upstream.target.endpoint.provider.name,
    raw: () => JSON.stringify(body),
  });
  if (error) return failed(error);
  const events: Event[] = [];
  reader.read(withOneChoice(answer, upstream.call), events);
  if (!reader.hasChoices()) return failed(fault('upstream_malformed', 'The provider sent no answer.'));
  reader.close(events);
  return collect(events);
}

/** GitHub Copilot gives Claude's text and its calls as two choices although one was asked for (seen in clients, read 2026-11-24). */
function withOneChoice(answer: JsonObject, call: Call): JsonObject {
  const choices = arrayOf(answer.choices).map(objectOf);
  const [first, ...others] = choices;
  if (!first || others.length === 0 || (call.sampling.n ?? 1) > 1) return answer;
  const isSplit =
    !callsTools(first) && others.every((choice) => callsTools(choice) && !objectOf(choice.message).content);
  return isSplit ? { ...answer, choices: choices.map((choice) => ({ ...choice, index: first.index })) } : answer;
}

const callsTools = ({ message }: JsonObject): boolean => arrayOf(objectOf(message).tool_calls).length > 0;
