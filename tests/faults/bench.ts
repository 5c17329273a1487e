import { DEADLINES } from '#src/base/limits.ts';
import { createMemory } from '#src/base/memory.ts';
import { pico } from '#src/base/money.ts';
import type { Call } from '#src/call/call.ts';
import type { Event } from '#src/call/event.ts';
import { PARAMETERS } from '#src/call/parameters.ts';
import { apart } from '#src/call/text-run.ts';
import type { Endpoint, Model } from '#src/catalog/model.ts';
import type { DialectSettings, Provider } from '#src/catalog/provider.ts';
import type { Dialects, UpstreamDialect } from '#src/dialects/dialect.ts';
import { openaiChatUpstream } from '#src/dialects/openai-chat/index.ts';
import type { Plan } from '#src/facts/plan.ts';
import type { Target } from '#src/facts/target.ts';
import { chatErrand } from '#src/upstream/chat-errand.ts';
import { createCredentials } from '#src/upstream/credentials.ts';
import { createHealth, type Health } from '#src/upstream/health.ts';
import { createKeyring, type Keyring } from '#src/upstream/keyring.ts';
import { type Run, type RunDependencies, type RunOutcome, startRun } from '#src/upstream/run.ts';
import { type LineWorld, lineWorld, turn } from './line-world.ts';

export const SECRET = 'sk-operators-own-key-1234567890';

/** An endpoint `<model>@<provider>` of a provider that lives at `origin`. */
export function targetAt(
  origin: string,
  modelId: string,
  slug: string,
  settings: Partial<DialectSettings> = {},
): Target {
  const dialect: DialectSettings = {
    id: 'openai-chat',
    drop: [],
    rename: {},
    quirks: [],
    headers: {},
    takes: [],
    ...settings,
  };
  const provider: Provider = {
    slug,
    name: slug.toUpperCase(),
    baseUrl: `${origin}/v1`,
    auth: { scheme: 'bearer', env: 'KEY' },
    docs: '',
    policy: { trainsOnData: false, retainsDays: 0 },
    dialects: [dialect],
    reseller: false,
    local: false,
    billsAfterCancel: false,
  };
  const shared = { context: 8_192, maxOutput: null, input: ['text'], output: ['text'], reasoning: null } as const;
  const endpoint: Endpoint = {
    ...shared,
    id: `${modelId}@${slug}`,
    tag: slug,
    modelId,
    provider,
    upstreamId: 'upstream-model',
    dialect,
    parameters: new Set(PARAMETERS),
    quantization: 'unknown',
    price: { input: pico(1n), output: pico(1n), overrides: [] },
    tier: null,
    tierPrices: new Map(),
    forms: [],
    others: [],
    operation: 'chat',
  };
  const [author = '', modelSlug = ''] = modelId.split('/');
  const model: Model = {
    ...shared,
    id: modelId,
    author,
    slug: modelSlug,
    name: modelId,
    created: 0,
    description: '',
    knowledge: null,
    tokenizer: 'Other',
    openWeights: false,
    huggingFaceId: null,
    family: null,
    benchmarks: [],
    categories: [],
    expires: null,
    distillable: true,
    sandbox: false,
    endpoints: [endpoint],
  };
  return { model, endpoint };
}

export const planOf = (targets: readonly Target[], more: Partial<Plan> = {}): Plan => ({
  candidates: targets.map((target) => ({ ...target, reason: 'test' })),
  rejected: [],
  strict: false,
  ...more,
});

export const callOf = (more: Partial<Call> = {}): Call => ({
  model: 'maker/main',
  models: [],
  stream: true,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Say sixty words.' }] }],
  tools: [],
  output: { type: 'text' },
  sampling: {},
  stop: [],
  gateway: {},
  ...more,
});

export type Bench = {
  readonly run: Run;
  readonly events: Event[];
  readonly batches: number[];
  readonly dispatched: string[];
  /** Whose streams were cut and gone on with. */
  readonly cuts: string[];
  readonly world: LineWorld;
  readonly outcome: Promise<RunOutcome>;
  /** The outcome when the provider says nothing more once this has been heard: time passes until the run gives up. */
  readonly silenceAfter: (hasHeard: (events: readonly Event[]) => boolean) => Promise<RunOutcome>;
};

export type BenchOptions = {
  readonly call?: Partial<Call>;
  readonly plan?: Partial<Plan>;
  readonly world?: LineWorld;
  readonly health?: Health;
  readonly keyring?: Keyring;
  readonly conversation?: string;
  readonly dialect?: UpstreamDialect;
  /** What is cut is gone on with. */
  readonly continues?: true;
  readonly stopsOnRefusal?: true;
  readonly onEvents?: (events: readonly Event[], run: Run) => void;
};

/** Runs one call over these targets, under the standard deadlines, and keeps everything that the listener hears. */
export function bench(targets: readonly Target[], options: BenchOptions = {}): Bench {
  const events: Event[] = [];
  const batches: number[] = [];
  const dispatched: string[] = [];
  const cuts: string[] = [];
  const outcome = Promise.withResolvers<RunOutcome>();
  const { world = lineWorld() } = options;
  const dependencies: RunDependencies = {
    world,
    keyring: options.keyring ?? createKeyring(createCredentials({ KEY: SECRET }), world),
    memory: createMemory(2 ** 30, world),
    health: options.health ?? createHealth(world.now),
    deadlines: DEADLINES,
  };
  const dialects = { of: () => options.dialect ?? openaiChatUpstream } as Dialects;
  const errand = chatErrand({ world, dialects }, callOf(options.call), options.continues && { rest: (call) => call });
  const stopsOnRefusal = options.stopsOnRefusal === true;
  const request = {
    errand,
    plan: planOf(targets, options.plan),
    who: 'key',
    stopsOnRefusal,
    conversation: options.conversation ?? null,
  };
  let isOver = false;
  const run = startRun(dependencies, request, {
    dispatched: (target) => dispatched.push(target.endpoint.id),
    cut: (target) => cuts.push(target.endpoint.id),
    events: (steps) => {
      const batch = apart(steps);
      if (isOver) throw new Error('events after done');
      events.push(...batch);
      batches.push(batch.length);
      options.onEvents?.(batch, run);
    },
    done: (result) => {
      if (isOver) throw new Error('done twice');
      isOver = true;
      outcome.resolve(result);
    },
  });
  const silenceAfter: Bench['silenceAfter'] = async (hasHeard) => {
    while (!isOver && !hasHeard(events)) await turn();
    // Whoever goes on with a cut answer has the network's own time for it.
    while (!isOver && cuts.length === 0) await world.pass(DEADLINES.between_events_ms);
    return outcome.promise;
  };
  return { run, events, batches, dispatched, cuts, world, outcome: outcome.promise, silenceAfter };
}

export const textOf = (events: readonly Event[]): string =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('');
