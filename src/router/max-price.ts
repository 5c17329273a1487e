import { priceFromPerMillion, priceFromPerUnit } from '../base/money.ts';
import type { ProviderPreferences } from '../call/call.ts';
import type { Endpoint } from '../catalog/model.ts';

type MaxPrice = NonNullable<ProviderPreferences['max_price']>;

/** Which price of an endpoint is above the most that may be paid; undefined = none. */
export function aboveMaxPrice(endpoint: Endpoint, max_price: MaxPrice): string | undefined {
  const { price } = endpoint;
  const limits = [
    ['prompt', price.input, max_price.prompt, priceFromPerMillion],
    ['completion', price.output, max_price.completion, priceFromPerMillion],
    ['request', price.request, max_price.request, priceFromPerUnit],
    ['image', price.image, max_price.image, priceFromPerUnit],
    ['audio', price.inputAudio, max_price.audio, priceFromPerMillion],
  ] as const;
  for (const [name, actual, wanted, parse] of limits) {
    const limit = wanted === undefined ? undefined : parse(wanted);
    if (limit !== undefined && actual !== undefined && actual > limit) return `${name} price is above max_price`;
  }
  return undefined;
}
