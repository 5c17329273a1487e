import { createHash } from 'node:crypto';
import type { JsonObject } from '../base/json.ts';
import type { WireHeaders } from '../base/world.ts';
import type { CallOf, OperationId } from '../call/operation.ts';
import type { Caller } from '../facts/caller.ts';
import { type CacheWish, cachedAnswer } from '../gateway/cached.ts';
import type { Gateway } from '../gateway/gateway.ts';

const TTL_SECONDS = { standard: 300, most: 86_400 } as const;

/** Operations whose answers may be given again (spec §5.4). */
const CACHED: ReadonlySet<OperationId> = new Set<OperationId>(['chat', 'embeddings']);

type Asked<O extends OperationId> = {
  readonly operation: O;
  readonly clientDialect: string;
  readonly headers: WireHeaders;
  readonly caller: Caller;
  /** As it came, its members in the caller's order. */
  readonly body: JsonObject;
  readonly call: CallOf<O>;
};

/** A header of the request says so, or else its preset. */
export const asksForCache = <O extends OperationId>(headers: WireHeaders, { gateway }: CallOf<O>): boolean => {
  const said = headers['x-openrouter-cache'];
  return said === undefined ? gateway.usedPreset?.cacheSeconds !== undefined : isTrue(said);
};

/**
 * What a request wishes of the response cache; undefined = it does not ask for it, or is none that is kept: a body whose
 * media were set aside, or one that asks to see what happens on the way.
 */
export function cacheWishOf<O extends OperationId>(gateway: Gateway, asked: Asked<O>): CacheWish<O> | undefined {
  const { operation, clientDialect, headers, caller, body, call } = asked;
  if (!CACHED.has(operation)) return undefined;
  if (call.isLarge || call.gateway.extra?.debug !== undefined) return undefined;
  const stream = 'stream' in call && call.stream;
  const used = call.gateway.usedPreset;
  const key = createHash('sha256')
    .update(
      `${operation} ${clientDialect} ${stream} ${call.model ?? ''} ${used?.versionId ?? ''}\n${JSON.stringify(body)}`,
    )
    .update(ruledBy(gateway, caller))
    .update(caller.guard?.print ?? '')
    .digest('base64url');
  const isFresh = isTrue(headers['x-openrouter-cache-clear']);
  const found = cachedAnswer<O>(gateway, { keyId: caller.keyId, key, isFresh });
  const ttl = headers['x-openrouter-cache-ttl'];
  const seconds = ttl === undefined && used?.cacheSeconds !== undefined ? used.cacheSeconds : secondsOf(ttl);
  return { key, ms: seconds * 1_000, found };
}

/** What else decides who answers: answers of before a change are not given after it. */
function ruledBy(gateway: Gateway, { rules, defaultSort }: Caller): string {
  const { policies, version } = gateway.catalog();
  return policies.length > 0 || rules || defaultSort
    ? JSON.stringify([policies.length > 0 && version, rules, defaultSort])
    : '';
}

const isTrue = (value: string | undefined): boolean => /^(?:1|true)$/i.test(value?.trim() ?? '');

/** What begins with digits counts as far as they go; what is out of range is brought into it. */
function secondsOf(text: string | undefined): number {
  const digits = /^\s*-?\d+/.exec(text ?? '')?.[0];
  return digits === undefined ? TTL_SECONDS.standard : Math.min(TTL_SECONDS.most, Math.max(1, Number(digits)));
}

/** What the answer's head says of the cache. */
export function cacheHeaders(
  wish: CacheWish | undefined,
  { world }: Pick<Gateway, 'world'>,
): { readonly [name: string]: string } {
  if (!wish) return NONE;
  const { found, ms } = wish;
  if (!found) return { 'x-openrouter-cache-status': 'MISS', 'x-openrouter-cache-ttl': String(ms / 1_000) };
  const now = world.now();
  return {
    'x-openrouter-cache-status': 'HIT',
    'x-openrouter-cache-age': String(Math.max(0, Math.floor((now - found.keptAt) / 1_000))),
    'x-openrouter-cache-ttl': String(Math.max(0, Math.ceil((found.until - now) / 1_000))),
    'x-openrouter-cache-source-id': found.source,
  };
}

const NONE = {};
