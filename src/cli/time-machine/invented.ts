import { NO_USAGE } from '../../call/usage.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { type Draws, drawsOf } from '../simulation/draws.ts';
import type { PastCall } from './past-call.ts';

const DAY_MS = 86_400_000;
const KEYS = 8;
const MODELS = 12;
/** Between two turns of a conversation. */
const TURN_MS = { least: 20_000, most: 240_000 } as const;

type Offer = { readonly catalog: Catalog; readonly enabled: ReadonlySet<string> };
type Span = { readonly from: number; readonly to: number };

/** Calls that nobody made, over some days: conversations of a few keys, more of them by day than by night. */
export function inventCalls(
  offer: Offer,
  { count, seed, ...span }: Span & { readonly count: number; readonly seed: number },
): readonly PastCall[] {
  const draws = drawsOf(seed);
  const [first, ...others] = modelsOf(offer);
  if (first === undefined) return [];
  const calls: PastCall[] = [];
  for (let conversation = 0; calls.length < count; conversation++) {
    const model = draws.pick([first, ...others]);
    const key = draws.below(KEYS);
    let at = momentIn(span, draws.unit);
    let before = 0;
    for (let turns = 1 + Math.floor(-4 * Math.log(1 - draws.unit())); turns > 0 && calls.length < count; turns--) {
      const prompt = before + Math.round(Math.exp(5 + 3 * draws.unit()));
      const output = Math.round(Math.exp(3 + 4 * draws.unit()));
      const usage = { ...NO_USAGE, input: prompt - before, inputCacheRead: before, output };
      calls.push({
        ...callOf(model, prompt, draws),
        at,
        keyId: `${key}`.repeat(64),
        sessionId: `${conversation}`,
        usage,
      });
      before = prompt + output;
      at += draws.between(TURN_MS.least, TURN_MS.most);
    }
  }
  return calls.sort((a, b) => a.at - b.at);
}

/** The newest that several hosts write texts with. */
const modelsOf = ({ catalog, enabled }: Offer): readonly string[] =>
  [...catalog.models.values()]
    .filter(
      ({ sandbox, output, endpoints }) =>
        !sandbox &&
        output.join() === 'text' &&
        endpoints.filter(({ operation, provider }) => operation === 'chat' && enabled.has(provider.slug)).length > 1,
    )
    .slice(0, MODELS)
    .map(({ id }) => id);

const callOf = (
  model: string,
  promptTokens: number,
  draws: Draws,
): Omit<PastCall, 'at' | 'keyId' | 'sessionId' | 'usage'> => ({
  workspaceId: 'invented',
  user: null,
  seed: draws.below(2 ** 32),
  streamed: draws.chance(0.7),
  question: {
    operation: 'chat',
    models: [model],
    preferences: {},
    tier: null,
    parameters: [],
    inputModalities: ['text'],
    outputModalities: ['text'],
    promptTokens,
    maxOutputTokens: null,
    usesTools: false,
    asksReasoning: false,
    clientDialect: null,
    completes: 'conversation',
  },
  endpoint: null,
  attempts: [],
});

function momentIn({ from, to }: Span, unit: () => number): number {
  for (;;) {
    const at = from + unit() * (to - from);
    const noon = 0.5 - 0.5 * Math.cos((2 * Math.PI * (at % DAY_MS)) / DAY_MS);
    if (unit() < 0.2 + 0.8 * noon) return Math.floor(at);
  }
}
