import { isObject, type Json, type JsonObject } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import { type Call, EFFORTS, type OutputFormat, type ReasoningRequest } from '../../../call/call.ts';
import {
  type Complaints,
  complain,
  present,
  type Range,
  readBoolean,
  readNumber,
  readObject,
  readStrings,
  wrongType,
} from '../../../call/read.ts';

/** Members of `options` that mean something everywhere; the others are about the machine that runs the model. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['temperature', 'top_p', 'top_k', 'min_p', 'seed', 'num_predict', 'stop'],
  ...['repeat_penalty', 'presence_penalty', 'frequency_penalty'],
]);

type Configured = Pick<Call, 'sampling' | 'stop' | 'maxOutputTokens'>;

/** `options`, and what of it only Ollama knows. Null members are none, as at Ollama. */
export function readOptions(
  to: Complaints,
  body: JsonObject,
): { readonly configured: Configured; readonly rest: JsonObject } {
  const options = readObject(to, body, 'options') ?? {};
  const number = (name: string, range: Range = {}): number | undefined =>
    readNumber(to, options, name, range, `options.${name}`);
  /** Ollama cuts off what stands behind the point. */
  const integer = (name: string): number | undefined => {
    const value = number(name);
    return value === undefined ? undefined : Math.trunc(value);
  };
  // Below zero they mean: whatever it may be.
  const natural = (name: string): number | undefined => {
    const value = integer(name);
    return value === undefined || value < 0 ? undefined : value;
  };
  // 0, -1 and -2 set no limit.
  const limit = integer('num_predict') ?? 0;
  const configured = {
    sampling: present({
      temperature: number('temperature', { min: 0 }),
      top_p: number('top_p', { min: 0, max: 1 }),
      top_k: natural('top_k'),
      min_p: number('min_p', { min: 0, max: 1 }),
      seed: natural('seed'),
      repetition_penalty: number('repeat_penalty', { min: 0 }),
      presence_penalty: number('presence_penalty', { min: -2, max: 2 }),
      frequency_penalty: number('frequency_penalty', { min: -2, max: 2 }),
      logprobs: readBoolean(to, body, 'logprobs'),
      top_logprobs: readNumber(to, body, 'top_logprobs', { min: 0, max: 20, whole: true }),
    }),
    stop: readStop(to, options),
    ...(limit > 0 && { maxOutputTokens: limit }),
  };
  const rest = Object.entries(options).filter(([name, value]) => !KNOWN.has(name) && value !== null);
  return { configured, rest: Object.fromEntries(rest) };
}

function readStop(to: Complaints, options: JsonObject): readonly string[] {
  if (typeof options.stop === 'string') return [options.stop];
  const stop = readStrings(to, options, 'stop', 'options.stop') ?? [];
  if (stop.length > LIMITS.stop_sequences_max)
    complain(to, 'options.stop', `options.stop holds more than ${LIMITS.stop_sequences_max} entries.`);
  return stop;
}

/** `"json"`, a JSON Schema, or nothing, which some programs write as an empty text. */
export function readFormat(to: Complaints, { format }: JsonObject): OutputFormat {
  if (format === undefined || format === null || format === '') return { type: 'text' };
  if (format === 'json') return { type: 'json' };
  if (isObject(format)) return { type: 'json-schema', name: 'response', schema: format };
  complain(to, 'format', `invalid format: ${shown(format)}; expected "json" or a JSON Schema object`);
  return { type: 'text' };
}

/** `think`: on, off, or how much. */
export function readThink(to: Complaints, { think }: JsonObject): ReasoningRequest | undefined {
  if (think === undefined || think === null || think === '') return undefined;
  if (typeof think === 'boolean') return { enabled: think };
  const effort = EFFORTS.find((known) => known === think);
  if (effort !== undefined) return { effort };
  if (typeof think !== 'string') return wrongType(to, 'think', 'a boolean or a string', think);
  complain(to, 'think', `invalid think value: ${shown(think)} (must be "high", "medium", "low", true, or false)`);
  return undefined;
}

const shown = (value: Json): string => JSON.stringify(value).slice(0, 100);
