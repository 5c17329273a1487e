import { parseArgs } from 'node:util';
import { formatPerMillion } from '../base/money.ts';
import type { Model } from '../catalog/model.ts';
import { isCallable, type Offer, offersOf } from '../router/offer.ts';
import { realWorld } from '../upstream/world.ts';
import { problemText, readServing } from './catalogue.ts';
import type { Configuration } from './configuration.ts';

/** `switchwright models [words]`: the catalogue, or what of it matches; a dot marks models that can be called now. */
export async function modelsCommand(args: readonly string[], configuration: Configuration): Promise<number> {
  const { positionals: words } = parseArgs({ args: [...args], allowPositionals: true });
  const serving = await readServing(configuration, realWorld());
  if (!serving.ok) {
    console.error(`The catalogue has problems:\n${problemText(serving.error)}`);
    return 1;
  }
  const { catalog, enabled } = serving.value;
  const offers = offersOf(enabled);
  const shown = [...catalog.models.values()].filter(({ id, name }) => {
    const text = `${id} ${name}`.toLowerCase();
    return words.every((word) => text.includes(word.toLowerCase()));
  });
  for (const model of shown) {
    const offer = offers(model);
    const mark = isCallable(model, offer) ? '●' : ' ';
    console.log(
      `${mark} ${model.id.padEnd(46)} ${contextOf(model).padStart(6)}  ${model.router ? 'as the model chosen' : priceOf(offer)}`,
    );
  }
  console.error(
    `${shown.length} ${shown.length === 1 ? 'model' : 'models'}; ● = can be called with what is set up now.\n` +
      'Context window in tokens; price in US dollars per million tokens in and out: what a call from here pays, or, where\nnone is possible, what the cheapest host asks.',
  );
  return 0;
}

function contextOf({ context }: Model): string {
  if (context >= 1_000_000) return `${Math.round(context / 100_000) / 10}M`;
  return context >= 1_000 ? `${Math.round(context / 1_000)}k` : String(context);
}

function priceOf(offer: Offer | null): string {
  if (!offer) return '';
  const { price } = offer.endpoint;
  return `$${formatPerMillion(price.input)} / $${formatPerMillion(price.output)}`;
}
