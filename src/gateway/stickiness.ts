import { parseJson } from '../base/json.ts';
import type { World } from '../base/world.ts';
import { cachedTokens } from '../call/usage.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Peers } from '../facts/peers.ts';
import type { Receipt } from '../facts/receipt.ts';

/** Which conversation a call belongs to: its account's, its model's. Explicit = the caller has named it. */
export type Conversation = { readonly key: number; readonly isExplicit: boolean };

/** How a call ended, and where. Of one that a router model chose a model for, that model is what its conversation stays with. */
export type EndedCall = { readonly receipt: Receipt; readonly endpoint: Endpoint | null; readonly isRouted: boolean };

/**
 * Where conversations have their prompts cached, so that the next call of one goes there again (spec §3.5). From the
 * first success where the caller names it, else once a cache was read or written; forgotten after ten idle minutes.
 */
export type Stickiness = {
  readonly home: (conversation: Conversation) => string | null;
  readonly ended: (conversation: Conversation, ended: EndedCall) => void;
};

/** The same for one call, whose conversation is worked out once somebody asks. */
export type Sticking = {
  readonly home: () => string | null;
  readonly ended: (ended: EndedCall) => void;
};

export function stick(stickiness: Stickiness, conversationOf: () => Conversation | null): Sticking {
  let known: Conversation | null | undefined;
  const conversation = (): Conversation | null => {
    if (known === undefined) known = conversationOf();
    return known;
  };
  return {
    home: () => {
      const found = conversation();
      return found && stickiness.home(found);
    },
    ended: (call) => {
      const found = conversation();
      if (found) stickiness.ended(found, call);
    },
  };
}

const IDLE_MS = 600_000;
const CONVERSATIONS_MAX = 50_000;
/** A home that stays is told to the other processes again so often. */
const TOLD_AGAIN_MS = 120_000;
const TELL_MS = 20;
const TOLD_AT_ONCE_MAX = 40;

type Home = { readonly endpoint: string; until: number; toldAt: number };

/** `peers` null = nobody else serves the same callers. */
export function createStickiness(world: Pick<World, 'elapsed' | 'after'>, peers: Peers | null): Stickiness {
  /** In the order of their last use. */
  const homes = new Map<number, Home>();
  let news: (readonly ['k', key: number, endpoint: string])[] = [];

  const settleIn = (key: number, home: Home): void => {
    homes.delete(key);
    homes.set(key, home);
    if (homes.size > CONVERSATIONS_MAX) homes.delete(homes.keys().next().value ?? 0);
  };
  const tellAll = (): void => {
    const told = news;
    news = [];
    for (let at = 0; at < told.length; at += TOLD_AT_ONCE_MAX)
      peers?.tell(JSON.stringify(told.slice(at, at + TOLD_AT_ONCE_MAX)));
  };
  const tell = (key: number, endpoint: string): void => {
    if (peers && news.push(['k', key, endpoint]) === 1) world.after(TELL_MS, tellAll);
  };
  peers?.onTold((text) => {
    const now = world.elapsed();
    for (const [key, endpoint] of homesFrom(text)) settleIn(key, { endpoint, until: now + IDLE_MS, toldAt: now });
  });

  return {
    home: ({ key }) => {
      const home = homes.get(key);
      if (!home) return null;
      if (home.until > world.elapsed()) return home.endpoint;
      homes.delete(key);
      return null;
    },
    ended: ({ key, isExplicit }, { receipt: { state, usage }, endpoint, isRouted }) => {
      if (state === 'failed') homes.delete(key);
      if (state !== 'completed' || !endpoint) return;
      const isCached = cachedTokens(usage) + usage.inputCacheWrite + usage.inputCacheWrite1h > 0;
      if (!isRouted && !(isCachingCheaper(endpoint) && (isExplicit || isCached))) return;
      const now = world.elapsed();
      const known = homes.get(key);
      const isNew = known?.endpoint !== endpoint.id || now - known.toldAt > TOLD_AGAIN_MS;
      settleIn(key, { endpoint: endpoint.id, until: now + IDLE_MS, toldAt: isNew ? now : known.toldAt });
      if (isNew) tell(key, endpoint.id);
    },
  };
}

const isCachingCheaper = ({ price }: Endpoint): boolean =>
  price.inputCacheRead !== undefined && price.inputCacheRead < price.input;

/** What peers tell of other things, or in another release, is not heard. */
function homesFrom(text: string): readonly (readonly [key: number, endpoint: string])[] {
  const found = parseJson(text);
  if (!Array.isArray(found)) return [];
  return found.flatMap((one) =>
    Array.isArray(one) && one[0] === 'k' && typeof one[1] === 'number' && typeof one[2] === 'string'
      ? [[one[1], one[2]] as const]
      : [],
  );
}
