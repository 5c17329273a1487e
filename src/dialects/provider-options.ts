import { isObject, type JsonObject } from '../base/json.ts';
import { type Complaints, wrongType } from '../call/read.ts';

/** The body without `provider.options`, and those: fields for single providers, by their slugs. */
export function readProviderOptions(
  to: Complaints,
  body: JsonObject,
): { readonly body: JsonObject; readonly options: { readonly [provider: string]: JsonObject } | undefined } {
  const { provider } = body;
  if (!isObject(provider) || provider.options === undefined) return { body, options: undefined };
  const { options: written, ...preferences } = provider;
  const rest = { ...body, provider: preferences };
  if (written === null) return { body: rest, options: undefined };
  if (!isObject(written)) return { body: rest, options: wrongType(to, 'provider.options', 'an object', written) };
  const options: { [provider: string]: JsonObject } = {};
  for (const [slug, fields] of Object.entries(written)) {
    if (isObject(fields)) options[slug] = fields;
    else wrongType(to, `provider.options.${slug.slice(0, 100)}`, 'an object', fields);
  }
  return { body: rest, options };
}
