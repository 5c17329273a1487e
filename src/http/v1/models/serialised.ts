import { displayName, type Model } from '../../../catalog/model.ts';
import { modelJson } from './model-json.ts';

const texts = new WeakMap<Model, string>();

/** A model's JSON text, made once per catalogue: models are frozen, and a reload brings new ones. */
export function modelText(model: Model): string {
  const known = texts.get(model);
  if (known !== undefined) return known;
  const text = JSON.stringify(modelJson(model));
  texts.set(model, text);
  return text;
}

/** The same with the members that Anthropic's clients read (docs.claude.com, API reference: models, read 2026-11-22). */
export function modelTextForAnthropic(model: Model): string {
  const more = {
    type: 'model',
    display_name: displayName(model),
    created_at: new Date(model.created * 1000).toISOString(),
  };
  return withMore(model, more);
}

/** The same with the members that OpenAI's clients know. */
export const modelTextForOpenai = (model: Model): string =>
  withMore(model, { object: 'model', owned_by: model.author });

const withMore = (model: Model, more: object): string =>
  `${modelText(model).slice(0, -1)},${JSON.stringify(more).slice(1)}`;
