import { formatPerMillion } from '../base/money.ts';
import { callableProviders, problemText, readCatalogue } from './catalogue.ts';
import type { Configuration } from './configuration.ts';

/** `switchwright models [words]`: the catalogue, or what of it matches; a dot marks models that can be called now. */
export function modelsCommand(words: readonly string[], configuration: Configuration): number {
  const catalog = readCatalogue(configuration);
  if (!catalog.ok) {
    console.error(`The catalogue has problems:\n${problemText(catalog.error)}`);
    return 1;
  }
  const enabled = callableProviders(catalog.value, configuration);
  let shown = 0;
  for (const model of catalog.value.models.values()) {
    const text = `${model.id} ${model.name}`.toLowerCase();
    if (!words.every((word) => text.includes(word.toLowerCase()))) continue;
    const ready = model.endpoints.some((endpoint) => enabled.has(endpoint.provider.slug));
    const cheapest = [...model.endpoints].sort((a, b) => Number(a.price.input - b.price.input))[0];
    const price = cheapest
      ? `$${formatPerMillion(cheapest.price.input)} / $${formatPerMillion(cheapest.price.output)}`
      : '';
    console.log(`${ready ? '●' : ' '} ${model.id.padEnd(52)} ${String(model.context).padStart(9)}  ${price}`);
    shown++;
  }
  console.error(`${shown} models; ● = can be called with the keys that are set; prices per million tokens in and out.`);
  return 0;
}
