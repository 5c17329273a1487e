/**
 * Why a candidate stands where it stands, in a few characters: a number for a place in the caller's order (-1 = the
 * first) or a share of the draw in percent, a letter or two for the others. What has no code stands for itself.
 */
const CODES: readonly (readonly [reason: string, code: string])[] = [
  ['kept: the prompt of this conversation is cached there', 'k'],
  ['the only one of its kind', 'u'],
  ['fallback by price', 'p'],
  ['fallback: resold', 'r'],
  ['sorted by price', 'sp'],
  ['sorted by throughput', 'st'],
  ['sorted by latency', 'sl'],
  ['sorted by exacto', 'se'],
  ['recent outage: tried last', 'o'],
  ['took more than it was permitted: tried last', 'm'],
  ['slower than preferred_min_throughput: tried last', 'w'],
  ['later than preferred_max_latency: tried last', 'l'],
  ['at its rate limit: tried last', 'b'],
  ['slower with tools than its peers: tried last', 'ts'],
  ['fails at tools oftener than its peers: tried last', 'tf'],
];
const CODE_OF: ReadonlyMap<string, string> = new Map(CODES);
const REASON_OF: ReadonlyMap<string, string> = new Map(CODES.map(([reason, code]) => [code, reason]));
const DRAWN = ['drawn by price, ', ' % of the weight'] as const;
const ORDERED = ['provider.order[', ']'] as const;

/** Where a candidate is asked with a key of the account's own, its reason says with which. */
const WITH_KEY = ', with your own key ';
export const keyReason = (reason: string, id: string): string => `${reason}${WITH_KEY}${id}`;
/** Where what decided was not the caller's word, its reason says whose. */
const BY = ', by ';
export const byReason = (reason: string, source: string): string => `${reason}${BY}${source}`;
/** What decided, whoever said it and whoever pays. */
export const bareReason = (reason: string): string => reason.split(WITH_KEY, 1)[0]?.split(BY, 1)[0] ?? reason;

export function codeOfReason(reason: string): string | number {
  const known = CODE_OF.get(reason);
  if (known !== undefined) return known;
  const at = reason.lastIndexOf(WITH_KEY);
  if (at === -1) return saidCodeOf(reason);
  return `${saidCodeOf(reason.slice(0, at))}${KEY_MARK}${reason.slice(at + WITH_KEY.length)}`;
}
const KEY_MARK = '~';

function saidCodeOf(reason: string): string | number {
  const at = reason.indexOf(BY);
  return at === -1 ? codeOf(reason) : `${codeOf(reason.slice(0, at))}${BY_MARK}${reason.slice(at + BY.length)}`;
}
const BY_MARK = '^';

function codeOf(reason: string): string | number {
  const code = CODE_OF.get(reason);
  if (code !== undefined) return code;
  const share = between(DRAWN, reason);
  if (share !== null) return share;
  const place = between(ORDERED, reason);
  return place === null ? reason : -1 - place;
}

export function reasonOfCode(code: string | number): string {
  if (typeof code === 'number') return reasonOf(code);
  const [said = '', id] = code.split(KEY_MARK);
  const [own = '', source] = said.split(BY_MARK);
  if (id === undefined && source === undefined) return reasonOf(code);
  const bare = reasonOf(/^-?\d+$/.test(own) ? Number(own) : own);
  const reason = source === undefined ? bare : byReason(bare, source);
  return id === undefined ? reason : keyReason(reason, id);
}

function reasonOf(code: string | number): string {
  if (typeof code === 'string') return REASON_OF.get(code) ?? code;
  return code >= 0 ? DRAWN.join(String(code)) : ORDERED.join(String(-1 - code));
}

function between([before, after]: readonly [string, string], text: string): number | null {
  if (!text.startsWith(before) || !text.endsWith(after)) return null;
  const number = Number(text.slice(before.length, -after.length));
  return Number.isInteger(number) ? number : null;
}
