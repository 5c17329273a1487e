import type { JsonObject } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import type { WireError, WireHeaders } from '../../base/world.ts';
import { type Asked, honestUsage, type Saying, spoken, WORD_TOKENS, wholeAnswer } from './answers.ts';
import type { Draws } from './draws.ts';

/** One thing that a host does, so long after the one before. A script that does not end is silence. */
export type ScriptStep = { readonly afterMs: number } & (
  | { readonly kind: 'head'; readonly status: number; readonly headers: WireHeaders }
  | { readonly kind: 'data'; readonly data: string }
  | { readonly kind: 'end' }
  | { readonly kind: 'error'; readonly error: WireError }
);

/** What a host does to one request, and whether its answer is whole and honest. */
export type Script = { readonly name: string; readonly saying: Saying; readonly steps: readonly ScriptStep[] };

type Stage = { readonly asked: Asked; readonly saying: Saying; readonly draws: Draws };
type Behaviour = (stage: Stage) => readonly ScriptStep[];

const JSON_TYPE = { 'content-type': 'application/json' };
const SSE_TYPE = { 'content-type': 'text/event-stream' };

const head = (status: number, headers: WireHeaders, afterMs = 20): ScriptStep => ({
  kind: 'head',
  afterMs,
  status,
  headers,
});
const data = (text: string, afterMs = 1): ScriptStep => ({ kind: 'data', afterMs, data: text });
const END: ScriptStep = { kind: 'end', afterMs: 1 };
const broken = (kind: WireError['kind'], afterMs = 5): ScriptStep => ({
  kind: 'error',
  afterMs,
  error: { kind, message: `simulated ${kind}` },
});
const page = (status: number, body: string, headers: WireHeaders): ScriptStep[] => [
  head(status, headers),
  data(body),
  END,
];
const refusal = (status: number, error: JsonObject, headers: WireHeaders = {}): Behaviour => {
  const body = JSON.stringify({ type: 'error', error });
  return () => page(status, body, { ...JSON_TYPE, ...headers });
};

/** Words in frames, several to a read, with the pace between reads. */
function streamed(
  { asked, saying, draws }: Stage,
  options: { pace?: number; keep?: number; swap?: string } = {},
): ScriptStep[] {
  const { head: first, words, tail, terminal } = spoken(asked, saying);
  const kept = words.slice(0, options.keep ?? words.length);
  if (options.swap !== undefined && kept.length > 0) kept[draws.below(kept.length)] = options.swap;
  const steps: ScriptStep[] = [
    head(200, SSE_TYPE, draws.chance(0.3) ? draws.below(10) : draws.between(5, 400)),
    data(first),
  ];
  for (let at = 0; at < kept.length; ) {
    const count = draws.between(1, 1 + kept.length / 8);
    steps.push(data(kept.slice(at, at + count).join(''), options.pace ?? draws.between(1, 30)));
    at += count;
  }
  return options.keep === undefined ? [...steps, data(tail + terminal), END] : steps;
}

const answer = (stage: Stage): ScriptStep[] =>
  stage.asked.stream
    ? streamed(stage)
    : page(200, wholeAnswer(stage.asked, stage.saying), JSON_TYPE).map((step) => ({ ...step, afterMs: 50 }));
const cut = (stage: Stage): ScriptStep[] => streamed(stage, { keep: stage.draws.below(stage.saying.words + 1) });
const withUsage =
  (usage: (asked: Asked) => JsonObject | null): Behaviour =>
  ({ asked, saying, draws }) =>
    answer({ asked, draws, saying: { ...saying, usage: usage(asked) } });
const counts = (value: unknown) => (asked: Asked) =>
  Object.fromEntries(Object.keys(honestUsage(asked, 0, 0)).map((key) => [key, value])) as JsonObject;

/** Everything a host has been seen to do, with how often it does it here. */
export const BEHAVIOURS: { readonly [name: string]: readonly [weight: number, Behaviour] } = {
  honest: [100, answer],
  'slow words': [4, (stage) => (stage.asked.stream ? streamed(stage, { pace: 4_000 }) : answer(stage))],
  'words too slow': [1, (stage) => streamed(stage, { pace: 40_000 })],
  'late head': [2, (stage) => answer(stage).map((step, at) => (at === 0 ? { ...step, afterMs: 20_000 } : step))],
  'late first word': [2, (stage) => answer(stage).map((step, at) => (at === 1 ? { ...step, afterMs: 20_000 } : step))],
  'no terminal frame': [2, (stage) => [...streamed({ ...stage, asked: { ...stage.asked } }).slice(0, -2), END]],
  'finish, no done': [
    3,
    (stage) => [...streamed(stage, { keep: stage.saying.words }), data(spoken(stage.asked, stage.saying).tail), END],
  ],
  'done twice': [2, (stage) => [...answer(stage).slice(0, -1), data(spoken(stage.asked, stage.saying).terminal), END]],
  'words after done': [
    1,
    (stage) => [...answer(stage).slice(0, -1), data(spoken(stage.asked, stage.saying).words[0] ?? ''), END],
  ],
  'never closes': [2, (stage) => answer(stage).slice(0, -1)],
  'cut, closed': [4, (stage) => [...cut(stage), END]],
  'cut, reset': [4, (stage) => [...cut(stage), broken('reset')]],
  'cut, silent': [3, cut],
  'cut, garbage': [2, (stage) => [...cut(stage), broken('malformed')]],
  'malformed frame': [2, (stage) => streamed(stage, { swap: 'data: {"choices":[{"delta\n\n' })],
  'error in the stream': [
    3,
    (stage) => [
      ...cut(stage),
      data(`event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n`),
      END,
    ],
  ],
  'only comments': [
    1,
    () => [head(200, SSE_TYPE), ...Array.from({ length: 60 }, () => data(': ping\n\n', 3_000)), END],
  ],
  'only roles': [1, (stage) => [head(200, SSE_TYPE), data(spoken(stage.asked, stage.saying).head.repeat(5_000)), END]],
  'empty stream': [1, () => page(200, '', SSE_TYPE)],
  'no words': [2, ({ asked, saying, draws }) => answer({ asked, draws, saying: { ...saying, words: 0 } })],
  'json although streamed': [2, (stage) => page(200, wholeAnswer(stage.asked, stage.saying), JSON_TYPE)],
  'streamed although whole': [2, (stage) => streamed(stage)],
  'html with 200': [1, () => page(200, '<html><body>Welcome</body></html>', { 'content-type': 'text/html' })],
  'html with 502': [1, () => page(502, '<html><body>Bad Gateway</body></html>', { 'content-type': 'text/html' })],
  garbage: [1, () => page(200, '\u0000\ufffd{]"\\', SSE_TYPE)],
  'cut json': [
    1,
    (stage) => [head(200, JSON_TYPE), data(wholeAnswer(stage.asked, stage.saying).slice(0, 40)), broken('reset')],
  ],
  'empty json': [1, () => page(200, '{}', JSON_TYPE)],
  'silent at once': [2, () => []],
  'silent after its head': [2, () => [head(200, SSE_TYPE)]],
  'silent error': [1, () => [head(500, JSON_TYPE), data('{"error":')]],
  'endless error': [1, () => [head(500, JSON_TYPE), ...Array.from({ length: 40 }, () => data('x'.repeat(4_000), 10))]],
  refused: [2, () => [broken('refused')]],
  'reset at once': [2, () => [broken('reset')]],
  'reset after its head': [2, () => [head(200, SSE_TYPE), broken('reset')]],
  redirect: [1, () => page(302, '', { location: 'http://169.254.169.254/' })],
  'no content': [1, () => [head(204, {}), END]],
  '429, wait 1': [3, refusal(429, { message: 'slow down' }, { 'retry-after': '1' })],
  '429, wait 60': [2, refusal(429, { message: 'slow down' }, { 'retry-after': '60' })],
  '429, wait nonsense': [1, refusal(429, { message: 'slow down' }, { 'retry-after': '-1e9 years' })],
  '429': [3, refusal(429, { message: 'slow down' })],
  '401': [1, refusal(401, { message: 'bad key' })],
  '402': [1, refusal(402, { message: 'pay first' })],
  '404': [1, refusal(404, { message: 'no such model' })],
  '400': [2, refusal(400, { message: 'no', type: 'invalid_request_error' })],
  'too long': [2, refusal(400, { message: 'too long', code: 'context_length_exceeded' })],
  'against the policy': [1, refusal(400, { message: 'no', code: 'content_policy_violation' })],
  '500': [4, refusal(500, { message: 'oops' })],
  '503': [4, refusal(503, { message: 'busy' })],
  '529': [2, refusal(529, { message: 'busy', type: 'overloaded_error' })],
  '599': [1, () => page(599, '', {})],
  'no usage': [5, withUsage(() => null)],
  'negative usage': [2, withUsage(counts(-5))],
  'fractional usage': [2, withUsage(counts(1.5))],
  'usage in words': [1, withUsage(counts('many'))],
  'endless usage': [1, withUsage(counts(1e308))],
  'usage of nothing': [1, withUsage(counts(null))],
  'ignores max_tokens': [3, answer],
  'greedy usage': [2, withUsage((asked) => honestUsage(asked, 5_000, 50_000))],
};

/** Far more than an answer may have; rare, because it is slow even in virtual time. */
export const HUGE: Behaviour = (stage) => {
  const { head: first, words } = spoken(stage.asked, stage.saying);
  const word = words[0] ?? '';
  const block = word.repeat(Math.ceil((1024 * 1024) / Math.max(1, word.length)));
  const blocks = LIMITS.reply_bytes_max / (1024 * 1024) + 2;
  return [head(200, SSE_TYPE), data(first), ...Array.from({ length: blocks }, () => data(block)), END];
};

/** Hosts that count more than they were permitted: nothing holds against them, and what they take beyond a hold is an excess. */
const IGNORES_LIMITS = 'ignores max_tokens';
export const LIARS: ReadonlySet<string> = new Set([IGNORES_LIMITS, 'greedy usage', 'huge']);

const NAMES = Object.entries(BEHAVIOURS).map(([name, [weight]]) => [weight, name] as const);
const HUGE_CHANCE = 1 / 4_000;

/** Decides what a host does to a request. */
export function scriptFor(asked: Asked, mark: string, draws: Draws): Script {
  const isLong = draws.chance(0.04);
  const wanted = isLong ? draws.between(2_000, 6_000) : draws.between(1, 60);
  const prompt = draws.between(5, 50);
  const isHuge = draws.chance(HUGE_CHANCE);
  const name = isHuge ? 'huge' : draws.weighted(NAMES);
  const permitted = asked.maxTokens === null ? wanted : Math.floor(asked.maxTokens / WORD_TOKENS);
  const words = name === IGNORES_LIMITS ? wanted : Math.min(wanted, permitted);
  const usage = honestUsage(asked, prompt, words * WORD_TOKENS * asked.choices);
  const saying = { mark, words, isCut: words < wanted, usage };
  const stage = { asked, saying, draws };
  return { name, saying, steps: isHuge ? HUGE(stage) : (BEHAVIOURS[name]?.[1](stage) ?? []) };
}
