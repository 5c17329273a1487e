import type { JsonObject } from '../../../base/json.ts';
import type { Catalog } from '../../../catalog/catalog.ts';
import type { Field } from '../form.ts';
import { type Html, html } from '../html.ts';
import type { ApiCall } from './api.ts';
import type { Managing } from './frame.ts';
import type { Action } from './noun.ts';
import { stateWords, textIn } from './words.ts';

/** What the pages of the operator’s and of an account’s own keys at providers have in common. */

/** Providers that take a key, as choices. */
export const providerOptions = (catalog: Catalog): readonly (readonly [string, string])[] => [
  ['', 'Choose a provider'],
  ...[...catalog.providers.values()]
    .filter(({ auth }) => auth.scheme !== 'none')
    .map(({ slug, name }) => [slug, name] as const)
    .toSorted(([, a], [, b]) => a.localeCompare(b, 'en')),
];

export const SECRET_HINT =
  'As the provider gave it to you. It is kept sealed, and nobody can read it here again. Where a provider needs more than a key, paste JSON with all of it.';
export const TEST: Field = {
  name: 'test',
  label: 'Ask the provider whether it takes the key',
  kind: 'switch',
  hint: 'If it does not, nothing is kept.',
};
export const NAME: Field = { name: 'name', label: 'Name', kind: 'text', empty: 'null' };

/** How a verdict of the provider's is shown: `works` is null where it could not be asked. */
export function verdict(json: JsonObject): Html {
  const { works, message } = json.data as JsonObject;
  const words = works === true ? 'It works.' : works === false ? 'It does not work.' : 'It could not be asked.';
  return html`<p class="notice ${works === false && 'wrong'}" role="status"><strong>${words}</strong> ${String(message ?? '')}</p>`;
}

export const keyState = (key: JsonObject): Html => stateWords(key.disabled !== true, { on: 'on', off: 'off' });

/** The provider of a key, with the name that the catalogue has for it. */
export const providerOf = (key: JsonObject, names: ReadonlyMap<string, string>): string =>
  names.get(textIn(key, 'provider')) ?? textIn(key, 'provider');

export const providerNames = ({ gateway }: Managing): ReadonlyMap<string, string> =>
  new Map([...gateway.catalog().providers.values()].map(({ slug, name }) => [slug, name]));

/** What is done with both kinds in the same way, below the path of one of them. */
export function keyActions(
  key: JsonObject,
  path: string,
): { readonly [name in 'test' | 'rotate' | 'state' | 'remove']: Action } {
  const isOff = key.disabled === true;
  const of = (method: ApiCall['method'], below: string, body?: JsonObject): ApiCall => ({
    method,
    path: `${path}/:id${below}`,
    params: { id: textIn(key, 'id') },
    ...(body && { body }),
  });
  const none = { fields: [], values: {} };
  return {
    test: {
      ...none,
      name: 'test',
      label: 'Test the key',
      call: () => of('POST', '/test'),
      done: 'saved',
      shown: verdict,
    },
    rotate: {
      name: 'rotate',
      label: 'Put it in place',
      folded: 'Replace the key',
      lead: 'Everything else stays as it is; calls that run end with the old one.',
      fields: [{ name: 'key', label: 'New key', kind: 'secret', required: true, hint: SECRET_HINT }, TEST],
      values: { test: 'true' },
      call: (body) => of('PATCH', '', body),
      done: 'saved',
    },
    state: {
      ...none,
      name: 'state',
      label: isOff ? 'Switch on' : 'Switch off',
      call: () => of('PATCH', '', { disabled: !isOff }),
      done: isOff ? 'enabled' : 'disabled',
    },
    remove: {
      ...none,
      name: 'delete',
      label: 'Delete the key',
      folded: 'Delete',
      lead: 'A deleted key cannot be had back. At the provider it stays what it is.',
      call: () => of('DELETE', ''),
      done: 'deleted',
      isGone: true,
    },
  };
}
