import { displayName, type Model } from '../../../catalog/model.ts';
import type { Offer, Offers } from '../../../router/offer.ts';
import { modelJson } from './model-json.ts';

const texts = new WeakMap<Offer, string>();

/** A model's JSON text, made once for each offer: those last as long as the catalogue and the set of providers that are on. */
export function modelText(model: Model, offers: Offers): string {
  const offer = offers(model);
  const known = offer && texts.get(offer);
  if (known) return known;
  const text = JSON.stringify(modelJson(model, offer));
  if (offer) texts.set(offer, text);
  return text;
}

/** The same with the members that Anthropic's clients read (docs.claude.com, API reference: models, read 2026-11-22). */
export function modelTextForAnthropic(model: Model, offers: Offers): string {
  const more = {
    type: 'model',
    display_name: displayName(model),
    created_at: new Date(model.created * 1000).toISOString(),
  };
  return withMore(model, offers, more);
}

/** The same with the members that OpenAI's clients know. */
export const modelTextForOpenai = (model: Model, offers: Offers): string =>
  withMore(model, offers, { object: 'model', owned_by: model.author });

const withMore = (model: Model, offers: Offers, more: object): string =>
  `${modelText(model, offers).slice(0, -1)},${JSON.stringify(more).slice(1)}`;
