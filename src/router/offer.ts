import type { Endpoint, Model } from '../catalog/model.ts';
import { expectedCost } from './order.ts';

/**
 * What stands for a model wherever one price is shown: the endpoint that an ordinary call from this instance would most
 * likely take. `isOn` is false where none of its providers is on, so that no call from here pays it.
 */
export type Offer = { readonly endpoint: Endpoint; readonly isOn: boolean };
/** The offer of each model; null = nobody serves it. */
export type Offers = (model: Model) => Offer | null;

/** Would a call from here be answered? A router model chooses among whatever answers here. */
export const isCallable = ({ router }: Model, offer: Offer | null): boolean =>
  router !== undefined || offer?.isOn === true;

/** A call of middling size, by which hosts are compared where there is no call. */
const TYPICAL = {
  promptTokens: 1_500,
  maxOutputTokens: 500,
  expected: {
    promptTokens: 1_500,
    pieces: { searchUnits: 1, inputCharacters: 6_000, outputSeconds: 300, inputSeconds: 300 },
  },
};

const kept = new WeakMap<ReadonlySet<string>, Offers>();

/**
 * For each model the endpoint that routing prefers among those of enabled providers; where none of its providers is
 * enabled, the preferred one of all, marked by `isOn: false`.
 */
export function offersOf(enabled: ReadonlySet<string>): Offers {
  const existing = kept.get(enabled);
  if (existing) return existing;
  const offers = new WeakMap<Model, { readonly offer: Offer | null }>();
  const offerOf: Offers = (model) => {
    const entry = offers.get(model) ?? { offer: pick(model.endpoints, enabled) };
    offers.set(model, entry);
    return entry.offer;
  };
  kept.set(enabled, offerOf);
  return offerOf;
}

/** For each model the endpoint that is preferred among one provider's own, whoever else would be cheaper. */
export const offersAt =
  (provider: string, enabled: ReadonlySet<string>): Offers =>
  (model) =>
    pick(
      model.endpoints.filter((endpoint) => endpoint.provider.slug === provider),
      enabled,
    );

function pick(endpoints: readonly Endpoint[], enabled: ReadonlySet<string>): Offer | null {
  const on = endpoints.filter(({ provider }) => enabled.has(provider.slug));
  const endpoint = preferred(on) ?? preferred(endpoints);
  return endpoint ? { endpoint, isOn: on.length > 0 } : null;
}

/** Service tiers have to be asked for; direct hosts come before resellers, the cheap ones before the dear. */
function preferred(endpoints: readonly Endpoint[]): Endpoint | undefined {
  const ordinary = endpoints.filter(({ tier }) => tier === null);
  const comparable = ordinary.length > 0 ? ordinary : endpoints;
  const direct = comparable.filter(({ provider }) => !provider.reseller);
  return (direct.length > 0 ? direct : comparable).reduce<Endpoint | undefined>(
    (best, other) => (best && expectedCost(best, TYPICAL) <= expectedCost(other, TYPICAL) ? best : other),
    undefined,
  );
}
