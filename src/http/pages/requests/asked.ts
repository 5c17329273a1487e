import { may } from '../../../access/may.ts';
import { type NanoUsd, usdToNano } from '../../../base/money.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { RequestFilter } from '../../../insights/requests.ts';
import type { Cursor } from './entries.ts';

type Query = { readonly [name: string]: string | undefined };

/** What the URL of the list asks for; wrong values by the name of their field. */
export type Asked = {
  readonly filter: RequestFilter;
  readonly cursor: Cursor | null;
  readonly wrong: { readonly [name: string]: string };
};

export const STATES = ['completed', 'failed', 'cancelled', 'interrupted', 'refused', 'trouble'] as const;
export const WINDOWS = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 } as const;
/** Filters that are a text as it is, and how long it may be. */
const TEXTS = { model: 200, provider: 100, app: 300, user: 256, session: 256, key: 100, workspace: 100 } as const;
const CURSOR = /^(\d{4}-\d\d)\.(gen-[\w-]{0,60})$/;
const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?)?Z?$/;
/** The year 9999: what is later is a mistake. */
const LATEST = 253_402_300_800_000;

/** Reads the filters of a caller, who sees no more than is its own. Times are UTC. */
export function askedBy(caller: Principal, query: Query, now: number): Asked {
  const wrong: { [name: string]: string } = {};
  const read = <T>(name: string, parse: (text: string) => T | undefined, rule: string): T | undefined => {
    const text = query[name]?.trim() ?? '';
    if (text === '') return undefined;
    const value = parse(text);
    if (value === undefined) wrong[name] = rule;
    return value;
  };
  const text = (name: keyof typeof TEXTS): string | undefined =>
    read(name, (value) => (value.length <= TEXTS[name] ? value : undefined), `has at most ${TEXTS[name]} characters`);
  const windowMs = read(
    'window',
    (value) => (Object.hasOwn(WINDOWS, value) ? WINDOWS[value as keyof typeof WINDOWS] : undefined),
    `is ${Object.keys(WINDOWS).join(', ')} or nothing`,
  );
  const given = {
    keyId: may(caller, 'read-records') ? text('key') : caller.keyId,
    workspaceId: text('workspace'),
    model: text('model'),
    provider: text('provider'),
    app: text('app'),
    user: text('user'),
    sessionId: text('session'),
    state: read('state', (value) => STATES.find((state) => state === value), `is one of ${STATES.join(', ')}`),
    costMin: read('cost', costOf, 'is an amount in US dollars, such as 0.01'),
    totalMsMin: read('ms', numberOf, 'is a number of milliseconds'),
    from: read('from', momentOf, MOMENT_RULE) ?? (windowMs === undefined ? undefined : now - windowMs),
    to: read('to', momentOf, MOMENT_RULE),
  };
  const filter: RequestFilter = { accountId: caller.accountId, ...withoutAbsent(given) };
  return { filter, cursor: read('at', cursorOf, 'is no place in this list') ?? null, wrong };
}

const MOMENT_RULE = 'is a time in UTC such as 2026-11-22T21:30';

const costOf = (text: string): NanoUsd | undefined =>
  /^\d{1,9}(\.\d{1,9})?$/.test(text) ? usdToNano(text) : undefined;
const numberOf = (text: string): number | undefined => (/^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : undefined);

function momentOf(text: string): number | undefined {
  if (!MOMENT.test(text)) return undefined;
  const ms = Date.parse(text.length === 10 || text.endsWith('Z') ? text : `${text}Z`);
  return ms >= 0 && ms < LATEST ? ms : undefined;
}

function cursorOf(text: string): Cursor | undefined {
  const [, month, id] = CURSOR.exec(text) ?? [];
  return month === undefined || id === undefined ? undefined : { month, id };
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };
const withoutAbsent = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
