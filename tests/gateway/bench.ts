/** A whole gateway in this process: the real ledger, store and dialects, in virtual time, before hosts that a test plays. */
import { openAccess } from '#src/access/access.ts';
import { prepareAccess } from '#src/access/prepare.ts';
import { DEADLINES } from '#src/base/limits.ts';
import { createMemory } from '#src/base/memory.ts';
import { nano, pico } from '#src/base/money.ts';
import type { WireHandler, WireHeaders, World } from '#src/base/world.ts';
import type { Call } from '#src/call/call.ts';
import type { Event } from '#src/call/event.ts';
import { apart } from '#src/call/text-run.ts';
import type { Catalog } from '#src/catalog/catalog.ts';
import type { DialectId } from '#src/catalog/dialect-table.ts';
import type { Endpoint } from '#src/catalog/model.ts';
import type { Provider } from '#src/catalog/provider.ts';
import { createClock } from '#src/cli/simulation/clock.ts';
import { DIALECTS } from '#src/dialects/registry.ts';
import { sampleTarget } from '#src/dialects/samples.ts';
import type { Caller } from '#src/facts/caller.ts';
import type { Receipt } from '#src/facts/receipt.ts';
import { accountScope, keyScope, workspaceScope } from '#src/facts/scope.ts';
import { createBudgetLeft } from '#src/gateway/budget-left.ts';
import type { Gateway } from '#src/gateway/gateway.ts';
import { createKept } from '#src/gateway/kept.ts';
import type { CallHandle, CallResult } from '#src/gateway/operation.ts';
import { OPERATIONS } from '#src/gateway/operations.ts';
import { perform } from '#src/gateway/perform.ts';
import { createStickiness } from '#src/gateway/stickiness.ts';
import { openInsights } from '#src/insights/insights.ts';
import { openLedger } from '#src/ledger/ledger.ts';
import { openMcp } from '#src/mcp/mcp.ts';
import { openMcpServers } from '#src/mcp/servers.ts';
import { openPresets } from '#src/presets/presets.ts';
import { newSecret, openMemoryStorage } from '#src/storage/open.ts';
import { openAlerts } from '#src/telemetry/alerts/alerts.ts';
import { openDestinations } from '#src/telemetry/destinations/destinations.ts';
import { NO_TELEMETRY } from '#src/telemetry/telemetry.ts';
import { fetchingOf } from '#src/upstream/collect-body.ts';
import { createCredentials, type Variables } from '#src/upstream/credentials.ts';
import { createHealth } from '#src/upstream/health.ts';
import { createKeyring } from '#src/upstream/keyring.ts';
import { NO_VAULT } from '#src/vault/vault.ts';
import { openSearch } from '#src/web/search.ts';

export type Host = {
  readonly dialect?: DialectId;
  readonly endpoint?: Partial<Omit<Endpoint, 'dialect' | 'provider'>>;
  readonly provider?: Partial<Provider>;
};

/** One request as its host sees it. */
export type Exchange = {
  readonly host: string;
  readonly headers: WireHeaders;
  readonly body: { readonly [name: string]: unknown };
  /** The head of a stream. */
  readonly open: () => void;
  /** One frame of server-sent events. */
  readonly frame: (value: object, event?: string) => void;
  readonly done: () => void;
  /** A whole answer. */
  readonly reply: (value: object) => void;
  readonly refuse: (status: number, value: object) => void;
  readonly reset: () => void;
  readonly isAborted: () => boolean;
};

export type Asked = {
  readonly completion: CallHandle;
  readonly events: Event[];
  readonly receipt: () => Receipt | null;
  readonly result: () => CallResult<'chat'> | null;
};

export type Bench = {
  readonly gateway: Gateway;
  readonly exchanges: Exchange[];
  readonly keyOf: (limit?: bigint) => Promise<string>;
  readonly ask: (keyId: string, call: Partial<Call>) => Promise<Asked>;
  /** Time passes, and everything that follows from it happens. */
  readonly pass: (ms: number) => Promise<void>;
  readonly rows: (table: 'hold' | 'transfer') => Promise<readonly { readonly [column: string]: unknown }[]>;
  readonly close: () => Promise<void>;
};

export const PRICE: Endpoint['price'] = { input: pico(1_000_000n), output: pico(2_000_000n), overrides: [] };

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Who calls with a key of the bench. */
export const callerOf = (keyId: string): Caller => ({
  keyId,
  keyLabel: '',
  accountId: 'owner',
  workspaceId: 'workspace',
  scopes: [keyScope(keyId), workspaceScope('workspace'), accountScope('owner')],
});

/** `variables`: the environment, in which hosts' keys stand. */
export async function openBench(hosts: { readonly [slug: string]: Host }, variables: Variables = {}): Promise<Bench> {
  const clock = createClock(Date.UTC(2026, 10, 29, 12));
  const exchanges: Exchange[] = [];
  const base = openMemoryWorld(clock, exchanges);
  const storage = openMemoryStorage(base);
  await prepareAccess({ store: storage.accessStore, world: base, newSecret });
  const access = openAccess({ store: storage.accessStore, world: base, newSecret });
  const health = createHealth(base.elapsed);
  const ledger = openLedger(storage.ledgerStore, base);
  const catalog = catalogOf(hosts);
  const memory = createMemory(2 ** 28, base);
  const gateway: Gateway = {
    world: base,
    catalog: () => catalog,
    enabled: () => new Set(catalog.providers.keys()),
    access,
    presets: openPresets({ store: storage.presetStore, world: base, newSecret }),
    destinations: openDestinations({ store: storage.destinationStore, vault: NO_VAULT, world: base, newSecret }),
    mcp: openMcp(base, openMcpServers({ store: storage.mcpServerStore, vault: NO_VAULT, world: base, newSecret })),
    alerts: openAlerts({ store: storage.alertStore, vault: NO_VAULT, world: base, newSecret }),
    ledger,
    budgetLeft: createBudgetLeft(storage.ledgerStore, base, () => {}),
    insights: openInsights(storage.insightsStore, base),
    records: storage.records,
    refusals: storage.refusals,
    jobs: { store: storage.jobs, wake: () => {} },
    signingKey: () => null,
    mayReach: () => false,
    health,
    stickiness: createStickiness(base, null),
    telemetry: NO_TELEMETRY,
    metrics: null,
    dialects: DIALECTS,
    boards: 'public',
    defaults: { onCut: 'fail', onRefusal: 'next' },
    memory,
    kept: createKept(base),
    search: openSearch(variables, fetchingOf(base)),
    storedResponses: null,
    files: null,
    batches: null,
    upstream: {
      world: base,
      memory,
      keyring: createKeyring(createCredentials(variables), base),
      health,
      deadlines: DEADLINES,
    },
    log: () => {},
  };
  const keyOf = async (limit?: bigint): Promise<string> => {
    const made = await access.keys.create({ name: 'a key', ...(limit !== undefined && { limit: nano(limit) }) });
    return made.key.hash;
  };
  return {
    gateway,
    exchanges,
    keyOf,
    ask: async (keyId, call) => {
      const asked = ask(gateway, keyId, call);
      for (let turns = 0; turns < 5; turns++) await turn();
      return asked;
    },
    pass: async (ms) => {
      let isPast = false;
      clock.after('test', ms, () => {
        isPast = true;
      });
      while (!isPast) await clock.step();
    },
    rows: async (table) => (await storage.database.selectFrom(table).selectAll().execute()) as never,
    close: async () => {
      ledger.close();
      await storage.close();
    },
  };
}

function ask(gateway: Gateway, keyId: string, call: Partial<Call>): Asked {
  const events: Event[] = [];
  let receipt: Receipt | null = null;
  let result: CallResult<'chat'> | null = null;
  const completion = perform(
    gateway,
    OPERATIONS.chat,
    {
      id: gateway.world.newId('gen'),
      call: {
        model: 'author/model',
        models: [],
        stream: true,
        messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
        tools: [],
        output: { type: 'text' },
        sampling: {},
        stop: [],
        gateway: {},
        ...call,
      },
      clientDialect: 'openai-chat',
      caller: callerOf(keyId),
      app: null,
      userAgent: null,
      receivedAt: gateway.world.now(),
      begunAt: gateway.world.elapsed(),
    },
    {
      events: (steps) => events.push(...apart(steps)),
      settled: (settled) => {
        receipt = settled;
      },
      done: (done) => {
        result = done;
      },
    },
  );
  return { completion, events, receipt: () => receipt, result: () => result };
}

function openMemoryWorld(clock: ReturnType<typeof createClock>, exchanges: Exchange[]): World {
  let ids = 0;
  return {
    now: clock.now,
    elapsed: clock.now,
    after: (ms: number, task: () => void) => clock.after('gateway', ms, task),
    random: () => 0.5,
    newId: (prefix: string) => `${prefix}-${String(ids++).padStart(8, '0')}`,
    request: (request: Parameters<World['request']>[0], handler: WireHandler) => {
      let isAborted = false;
      const bytes = (text: string): void => handler.data(Buffer.from(text));
      const whole = (status: number, value: object): void => {
        handler.head(status, { 'content-type': 'application/json' });
        bytes(JSON.stringify(value));
        handler.end();
      };
      exchanges.push({
        host: new URL(request.url).hostname,
        headers: request.headers,
        body: JSON.parse(String(request.body)),
        open: () => handler.head(200, { 'content-type': 'text/event-stream' }),
        frame: (value, event) => bytes(`${event ? `event: ${event}\n` : ''}data: ${JSON.stringify(value)}\n\n`),
        done: () => {
          bytes('data: [DONE]\n\n');
          handler.end();
        },
        reply: (value) => whole(200, value),
        refuse: whole,
        reset: () => handler.error({ kind: 'reset', message: 'the host broke off' }),
        isAborted: () => isAborted,
      });
      const abort = (): void => {
        isAborted = true;
      };
      return { pause: () => {}, resume: () => {}, abort };
    },
  } as World;
}

function catalogOf(hosts: { readonly [slug: string]: Host }): Catalog {
  const providers = new Map<string, Provider>();
  const endpoints = new Map<string, Endpoint>();
  const { model } = sampleTarget('openai-chat');
  for (const [slug, { dialect = 'openai-chat', endpoint, provider }] of Object.entries(hosts)) {
    const target = sampleTarget(dialect, { endpoint: { price: PRICE, ...endpoint } });
    const own = { ...target.endpoint.provider, slug, name: slug, baseUrl: `https://${slug}.test/v1`, ...provider };
    providers.set(slug, own);
    const id = `${model.id}@${slug}`;
    endpoints.set(id, { ...target.endpoint, id, tag: slug, provider: own });
  }
  const whole = { ...model, endpoints: [...endpoints.values()] };
  return {
    version: 'bench',
    models: new Map([[model.id, whole]]),
    providers,
    endpoints,
    aliases: new Map(),
    policies: [],
  };
}
