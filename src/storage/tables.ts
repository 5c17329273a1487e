/** What a bulk step must know of a table. Types are spelled as both engines understand them. */
export type Table = {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: { readonly [column: string]: 'text' | 'bigint' };
};

export const HOLD = {
  name: 'hold',
  key: ['id'],
  columns: {
    id: 'text',
    process: 'text',
    created_at: 'bigint',
    account_id: 'text',
    key_id: 'text',
    workspace_id: 'text',
    model: 'text',
    endpoint: 'text',
    amount: 'bigint',
    prompt_cost: 'bigint',
    dispatched: 'bigint',
    checkpoint: 'bigint',
    about: 'text',
  },
} as const satisfies Table;

export const TRANSFER = {
  name: 'transfer',
  key: ['id'],
  columns: {
    id: 'text',
    created_at: 'bigint',
    kind: 'text',
    from_account: 'text',
    to_account: 'text',
    amount: 'bigint',
    key_id: 'text',
    reason: 'text',
  },
} as const satisfies Table;

/** What a scope has spent on each UTC day, and in all (`day` = `all`). */
export const USAGE = {
  name: 'usage',
  key: ['scope', 'day'],
  columns: { scope: 'text', day: 'text', cost: 'bigint', byok_cost: 'bigint' },
} as const satisfies Table;

export const LEASE = {
  name: 'lease',
  key: ['scope', 'process'],
  columns: { scope: 'text', process: 'text', amount: 'bigint' },
} as const satisfies Table;

/**
 * What a scope may spend: money in nano-dollars in each interval, or a number of what is counted. Several may stand for
 * one scope, each by where it comes from (its own, a guardrail's); the one that leaves least counts. No amount = no limit.
 */
export const BUDGET = {
  name: 'budget',
  key: ['scope', 'source', 'interval'],
  columns: {
    scope: 'text',
    source: 'text',
    interval: 'text',
    amount: 'bigint',
    with_byok: 'bigint',
    created_at: 'bigint',
    updated_at: 'bigint',
  },
} as const satisfies Table;

/** What each process has leased of what is counted by the minute: it is used up, or given back within the minute. */
export const RATE = {
  name: 'rate',
  key: ['scope', 'minute', 'process'],
  columns: { scope: 'text', minute: 'bigint', process: 'text', taken: 'bigint' },
} as const satisfies Table;

export const ROLL_UP = {
  name: 'roll_up',
  key: ['day', 'model', 'endpoint', 'provider', 'app', 'account_id', 'key_id', 'workspace_id'],
  columns: {
    day: 'text',
    model: 'text',
    endpoint: 'text',
    provider: 'text',
    app: 'text',
    account_id: 'text',
    key_id: 'text',
    workspace_id: 'text',
    requests: 'bigint',
    errors: 'bigint',
    prompt_tokens: 'bigint',
    completion_tokens: 'bigint',
    reasoning_tokens: 'bigint',
    cached_tokens: 'bigint',
    cost: 'bigint',
    byok_cost: 'bigint',
    latency_ms: 'bigint',
  },
} as const satisfies Table;

const TALLY_KEYS = {
  account_id: 'text',
  grain: 'text',
  at: 'text',
  workspace_id: 'text',
  key_id: 'text',
  model: 'text',
  provider: 'text',
  app: 'text',
  dialect: 'text',
  finish: 'text',
  streamed: 'text',
  context: 'text',
} as const;
const TALLY_FIGURES = {
  requests: 'bigint',
  errors: 'bigint',
  prompt_tokens: 'bigint',
  completion_tokens: 'bigint',
  reasoning_tokens: 'bigint',
  cached_tokens: 'bigint',
  cost: 'bigint',
  byok_requests: 'bigint',
  byok_cost: 'bigint',
  byok_fees: 'bigint',
  cached_responses: 'bigint',
  timed: 'bigint',
  latency_ms: 'bigint',
  generation_ms: 'bigint',
  generated_tokens: 'bigint',
} as const;

/**
 * What analytics are answered from. `grain` says how long `at` is: `m` a minute (`2026-11-29T09:43`), `h` an hour
 * (`2026-11-29T09`), `d` a day. A call is in one row alone, which grows coarser as it ages (`fold.ts`).
 */
export const TALLY = {
  name: 'tally',
  key: Object.keys(TALLY_KEYS),
  columns: { ...TALLY_KEYS, ...TALLY_FIGURES },
} as const satisfies Table;

/** Those calls of `tally` again whose callers told who their user was. */
export const TALLY_OF_USER = {
  name: 'tally_of_user',
  key: [...Object.keys(TALLY_KEYS), 'external_user'],
  columns: { ...TALLY_KEYS, external_user: 'text', ...TALLY_FIGURES },
} as const satisfies Table;

/** How many calls of `tally` were how fast: `bucket` is a number of `insights/tally.ts`. */
export const TALLY_SPEED = {
  name: 'tally_speed',
  key: [...Object.keys(TALLY_KEYS), 'speed', 'bucket'],
  columns: { ...TALLY_KEYS, speed: 'text', bucket: 'bigint', calls: 'bigint' },
} as const satisfies Table;

export const APP = {
  name: 'app',
  key: ['id'],
  columns: { id: 'text', origin: 'text', title: 'text', categories: 'text' },
} as const satisfies Table;

/** Where receipts are sent to; `workspace_id` is empty for those of every workspace. */
export const DESTINATION = {
  name: 'destination',
  key: ['id'],
  columns: { id: 'text', workspace_id: 'text' },
} as const satisfies Table;

/** Requests that were refused before they became calls; `account_id` is empty where nobody knows whose they were. */
export const REFUSAL = {
  name: 'refusal',
  key: ['account_id', 'id'],
  columns: {
    account_id: 'text',
    id: 'text',
    created_at: 'bigint',
    key_id: 'text',
    key_label: 'text',
    workspace_id: 'text',
    operation: 'text',
    dialect: 'text',
    model: 'text',
    code: 'text',
    message: 'text',
    others: 'bigint',
  },
} as const satisfies Table;

/** Receipts on their way: one row for each destination that does not have it yet, and until when somebody is sending it. */
export const OUTBOX = {
  name: 'outbox',
  key: ['destination', 'id'],
  columns: { destination: 'text', id: 'text', month: 'text', claimed_until: 'bigint' },
} as const satisfies Table;

/** Responses that were stored, with what they were asked; JSON text. */
export const RESPONSE = {
  name: 'response',
  key: ['id'],
  columns: {
    id: 'text',
    account_id: 'text',
    workspace_id: 'text',
    previous_id: 'text',
    created_at: 'bigint',
    expires_at: 'bigint',
    bytes: 'bigint',
    chain_bytes: 'bigint',
    chain_items: 'bigint',
    chain_responses: 'bigint',
    input: 'text',
    output: 'text',
    response: 'text',
  },
} as const satisfies Table;

/** How much of responses a workspace has stored. */
export const STORED_SPACE = {
  name: 'stored_space',
  key: ['account_id', 'workspace_id'],
  columns: { account_id: 'text', workspace_id: 'text', responses: 'bigint', bytes: 'bigint' },
} as const satisfies Table;

/** Conversations that are kept under a name. */
export const CONVERSATION = {
  name: 'conversation',
  key: ['id'],
  columns: {
    id: 'text',
    account_id: 'text',
    workspace_id: 'text',
    created_at: 'bigint',
    expires_at: 'bigint',
    metadata: 'text',
    items: 'bigint',
    bytes: 'bigint',
    /** Never given twice, whatever is deleted. */
    next_position: 'bigint',
  },
} as const satisfies Table;

/** What they hold, each item as JSON. */
export const CONVERSATION_ITEM = {
  name: 'conversation_item',
  key: ['conversation_id', 'position'],
  columns: { conversation_id: 'text', position: 'bigint', id: 'text', item: 'text', bytes: 'bigint' },
} as const satisfies Table;

const GENERATION_COLUMNS = {
  id: 'text',
  created_at: 'bigint',
  account_id: 'text',
  key_id: 'text',
  workspace_id: 'text',
  model: 'text',
  state: 'text',
  cost: 'bigint',
  receipt: 'text',
} as const;

/** The table of one month's receipts: `2026-11` → `generation_2026_11`. Retention drops whole tables. */
export const generationTable = (month: string) =>
  ({
    name: `generation_${month.replace('-', '_')}`,
    key: ['id'],
    columns: GENERATION_COLUMNS,
  }) as const satisfies Table;

export const columnsOf = (table: Table): readonly string[] => Object.keys(table.columns);

/** The SQL that makes a table as described: the key is the primary key; nothing else is indexed. */
export const createTable = (table: Table): string =>
  `create table if not exists "${table.name}" (${Object.entries(table.columns)
    .map(([column, type]) => `"${column}" ${type}${table.key.includes(column) ? ' not null' : ''}`)
    .join(', ')}, primary key (${table.key.map((column) => `"${column}"`).join(', ')}))`;
