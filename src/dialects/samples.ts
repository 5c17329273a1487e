import { type Fault, fault } from '../base/fault.ts';
import { nano, pico } from '../base/money.ts';
import { ok, type Result } from '../base/result.ts';
import type { Call } from '../call/call.ts';
import type { Event } from '../call/event.ts';
import { PARAMETERS } from '../call/parameters.ts';
import { usageOf } from '../call/usage.ts';
import { type DialectId, operationOf } from '../catalog/dialect-table.ts';
import type { Endpoint, Model } from '../catalog/model.ts';
import type { DialectSettings, Provider } from '../catalog/provider.ts';
import type { Assets } from '../facts/asset.ts';
import type { Target } from '../facts/target.ts';
import type { AnswerContext, EncodedCall, UpstreamContext, UpstreamDialect } from './dialect.ts';
import { bendRequest } from './quirks.ts';
import { DIALECTS } from './registry.ts';
import type { ChatTraits } from './traits.ts';

/** Values for the tests of dialects: a target, a call, contexts and streams, each plain and complete. */

export type SampleTarget = {
  readonly dialect?: Partial<DialectSettings>;
  readonly endpoint?: Partial<Omit<Endpoint, 'dialect' | 'provider'>>;
};

/** What is sent to the host of this call, and what is lost on the way: with the host's quirks, as every request goes. */
export function sampleRequest(
  dialect: UpstreamDialect,
  call: Call,
  target: Target,
  assets: Assets = new Map(),
): Result<EncodedCall, Fault> {
  const encoded = dialect.encodeCall(call, target, assets);
  return encoded.ok ? ok({ ...encoded.value, ...bendRequest(dialect.quirks, encoded.value, target) }) : encoded;
}

/** What the chat format of this id has a place for. */
export const sampleTraits = (id: DialectId): ChatTraits => DIALECTS.of('chat', id).traits;

export function sampleTarget(id: DialectId, { dialect, endpoint }: SampleTarget = {}): Target {
  const settings: DialectSettings = { id, drop: [], rename: {}, quirks: [], headers: {}, takes: [], ...dialect };
  const provider: Provider = {
    slug: 'sample',
    name: 'Sample',
    baseUrl: 'https://sample.test/v1',
    auth: { scheme: 'none' },
    docs: '',
    policy: { trainsOnData: false, retainsDays: null },
    dialects: [settings],
    reseller: false,
    local: false,
    billsAfterCancel: false,
  };
  const reasoning = {
    efforts: ['none', 'low', 'medium', 'high'],
    budget: true,
    mandatory: false,
    defaultEnabled: false,
  } as const;
  const shared = { context: 128_000, maxOutput: 16_384, input: ['text', 'image', 'file'], output: ['text'] } as const;
  const served: Endpoint = {
    ...shared,
    id: 'author/model@sample',
    tag: 'sample',
    modelId: 'author/model',
    provider,
    upstreamId: 'sample-model',
    dialect: settings,
    parameters: new Set(PARAMETERS),
    quantization: 'unknown',
    price: { input: pico(1n), output: pico(2n), overrides: [] },
    tier: null,
    tierPrices: new Map(),
    forms: [],
    reasoning,
    operation: operationOf(id),
    others: [],
    ...endpoint,
  };
  const model: Model = {
    ...shared,
    id: 'author/model',
    author: 'author',
    slug: 'model',
    name: 'Model',
    created: 0,
    description: '',
    knowledge: null,
    tokenizer: 'Other',
    openWeights: false,
    huggingFaceId: null,
    family: null,
    reasoning,
    benchmarks: [],
    categories: [],
    expires: null,
    distillable: true,
    sandbox: false,
    endpoints: [served],
  };
  return { model, endpoint: served };
}

export const sampleCall = (more: Partial<Call> = {}): Call => ({
  model: 'author/model',
  models: [],
  stream: true,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  output: { type: 'text' },
  sampling: {},
  stop: [],
  gateway: {},
  ...more,
});

/** Ids that count from one, so that the same bytes always give the same events. */
export function countingIds(): (prefix: string) => string {
  let count = 0;
  return (prefix) => `${prefix}-${++count}`;
}

export const sampleUpstream = (target: Target, call: Call = sampleCall()): UpstreamContext => ({
  target,
  call,
  newId: countingIds(),
});

export const sampleAnswer = (call: Call = sampleCall()): AnswerContext => ({
  id: 'gen-1',
  created: 1_700_000_000,
  model: 'author/model',
  provider: 'Sample',
  call,
  newId: countingIds(),
});

const bill = { cost: nano(3n), inputCost: nano(1n), outputCost: nano(2n), upstreamCost: null, isByok: false };
const usage: Event = {
  type: 'usage',
  usage: usageOf({ input: 5, inputCacheRead: 3, output: 7, outputReasoning: 2 }),
  bill,
};
const start: Event = { type: 'start', id: 'up-1', model: 'sample-model' };
const stop: Event = { type: 'finish', choice: 0, reason: 'stop', native: 'stop' };
const end: Event = { type: 'end' };
const text = (value: string, choice = 0): Event => ({ type: 'text', choice, text: value });

/** Streams that every client dialect must be able to write. All follow the grammar of `Event`. */
export const SAMPLE_STREAMS: { readonly [name: string]: readonly Event[] } = {
  text: [start, text('Grüße'), text(', 🌍 "x"\n\u2028'), stop, usage, end],
  empty: [start, { ...stop, reason: 'length', native: 'max_tokens' }, usage, end],
  'reasoning and tools': [
    start,
    { type: 'reasoning', choice: 0, index: 0, kind: 'text', text: 'Let me', format: 'anthropic-claude-v1' },
    {
      type: 'reasoning',
      choice: 0,
      index: 0,
      kind: 'text',
      text: ' see.',
      signature: 'c2ln',
      format: 'anthropic-claude-v1',
    },
    {
      type: 'reasoning',
      choice: 0,
      index: 1,
      kind: 'encrypted',
      text: 'b3BhcXVl',
      id: 'rs_1',
      format: 'openai-responses-v1',
    },
    text('I call.'),
    { type: 'tool-start', choice: 0, index: 0, id: 'call_1', name: 'add' },
    { type: 'tool-arguments', choice: 0, index: 0, text: '{"a":' },
    { type: 'tool-arguments', choice: 0, index: 0, text: '1}' },
    { type: 'tool-start', choice: 0, index: 1, id: 'call_2', name: 'now' },
    { type: 'tool-arguments', choice: 0, index: 1, text: '{}' },
    { type: 'finish', choice: 0, reason: 'tool_calls', native: 'tool_use' },
    usage,
    end,
  ],
  'two choices': [
    start,
    text('a'),
    text('b', 1),
    text('c'),
    stop,
    { ...stop, choice: 1, reason: 'length', native: 'length' },
    usage,
    end,
  ],
  media: [
    start,
    { type: 'image', choice: 0, source: { kind: 'base64', mediaType: 'image/png', data: 'iVBORw0KGgo=' } },
    { type: 'audio', choice: 0, id: 'audio_1', data: 'AAAA', transcript: 'hi' },
    { type: 'annotation', choice: 0, annotation: { type: 'url', url: 'https://a.test', title: 'A', start: 0, end: 1 } },
    { type: 'logprobs', choice: 0, content: [{ token: 'a', logprob: -0.5, bytes: [97], top_logprobs: [] }] },
    stop,
    usage,
    end,
  ],
  refusal: [
    start,
    { type: 'refusal', choice: 0, text: 'No.' },
    { ...stop, reason: 'content_filter', native: null },
    usage,
    end,
  ],
  'fault at once': [{ type: 'fault', fault: fault('upstream_overloaded', 'Overloaded.') }],
  'fault midway': [start, text('half an'), { type: 'fault', fault: fault('upstream_truncated', 'It broke off.') }],
};
