import { isObject, type JsonObject, parseJson, stringOf } from '../base/json.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { missingVariables, variablePrefix } from '../catalog/environment.ts';
import type { Provider } from '../catalog/provider.ts';
import { type Credential, credentialState, type Variables } from './credentials.ts';

/** A secret that was given at run time, and what it is called where it must not be shown. */
export type Given = { readonly secret: string; readonly label: string; readonly weight?: number };

/** The longest is a Google account of some 2,400 characters. */
export const GIVEN_LENGTH_MAX = 8_192;
const GIVEN_LENGTH_MIN = 8;
/** An RSA key of 4,096 bits takes 3,300: signing with longer ones would hold up everybody. */
const PRIVATE_KEY_LENGTH_MAX = 3_400;

/**
 * The credential that a secret makes of a provider, or why it makes none. A secret comes from outside: it may say who
 * asks and in which of the provider's own places, and never to which host anything is sent. `places`: where the operator's
 * own keys are used, if they say nothing themselves.
 */
export function credentialGiven(provider: Provider, given: Given, places: Variables = {}): Result<Credential, string> {
  const told = variablesIn(provider, given.secret.trim());
  if (!told.ok) return told;
  const variables = { ...placesOf(provider, places), ...told.value };
  const written = provider.writtenUrls;
  const state = credentialState(asWritten(provider), variables, () => null);
  if (!state.ready)
    return failed(
      provider.auth.scheme === 'gcp' ? 'is no Google account that is spoken here' : wanting(provider, state.missing),
    );
  const { expand } = state.credential;
  return ok({
    ...state.credential,
    variable: given.label,
    weight: given.weight ?? 1,
    expand: written ? (url) => expand(written.get(url) ?? url) : expand,
  });
}

function placesOf({ writtenUrls }: Provider, variables: Variables): Variables {
  const names = [...(writtenUrls?.values() ?? [])].flatMap(missingVariables);
  return Object.fromEntries(names.flatMap((name) => (variables[name] ? [[name, variables[name]]] : [])));
}

/** The provider with the places in its base URLs open, where the environment has filled them. */
function asWritten(provider: Provider): Provider {
  const { writtenUrls } = provider;
  if (!writtenUrls) return provider;
  const dialects = provider.dialects.map((dialect) =>
    dialect.baseUrl === undefined
      ? dialect
      : { ...dialect, baseUrl: writtenUrls.get(dialect.baseUrl) ?? dialect.baseUrl },
  );
  return { ...provider, baseUrl: writtenUrls.get(provider.baseUrl) ?? provider.baseUrl, dialects };
}

const wanting = (provider: Provider, missing: readonly string[]): string => {
  const fields = missing.map((name) => fieldOf(provider, name));
  return `${provider.name} needs more than a key: JSON with api_key and ${fields.join(', ')}`;
};

function variablesIn(provider: Provider, text: string): Result<Variables, string> {
  const { auth } = provider;
  if (auth.scheme === 'none' || provider.local) return failed(`${provider.name} takes no key`);
  if (text.length < GIVEN_LENGTH_MIN || text.length > GIVEN_LENGTH_MAX)
    return failed(`must have ${GIVEN_LENGTH_MIN} to ${GIVEN_LENGTH_MAX} characters`);
  if (auth.scheme === 'gcp') return googleAccount(provider, auth.env, text);
  if (!text.startsWith('{')) {
    if (!/^[\x21-\x7e]+$/.test(text)) return failed('must be printable ASCII without spaces or line breaks');
    return ok({ [auth.env]: text });
  }
  const json = parseJson(text);
  if (!isObject(json)) return failed('is no valid JSON');
  return auth.scheme === 'aws-sigv4' ? amazonKeys(json) : keyWithPlace(provider, auth.env, json);
}

/** What may stand in a host's name or in a path without leaving it. */
const PLACE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/;
const REGION = /^[a-z0-9-]{1,40}$/;
const WORD = /^[\x21-\x7e]{1,4096}$/;

/** `AZURE_RESOURCE_NAME` → `resource_name`. */
const fieldOf = ({ slug }: Provider, variable: string): string =>
  variable.toLowerCase().replace(`${variablePrefix(slug).toLowerCase()}_`, '');

/** A key beside the place it is for: `{"api_key": …, "resource_name": …}` (Azure), `account_id` (Cloudflare). */
function keyWithPlace(provider: Provider, env: string, json: JsonObject): Result<Variables, string> {
  const key = stringOf(json.api_key) || stringOf(json.key);
  if (!WORD.test(key)) return failed('JSON needs the key as api_key');
  const urls = [...(provider.writtenUrls?.values() ?? [])];
  const variables: { [name: string]: string } = { [env]: key };
  for (const name of new Set(urls.flatMap(missingVariables))) {
    const field = fieldOf(provider, name);
    const value = json[field];
    if (value === undefined) continue;
    if (urls.some((url) => isWholeHost(url, name)))
      return failed(`${field} is named by whoever runs the gateway alone`);
    if (typeof value !== 'string' || !PLACE.test(value)) return failed(`${field} is no name`);
    variables[name] = value;
  }
  return ok(variables);
}

/** A variable that is all of a host's name would send the key, and the prompt, wherever its giver likes. */
const isWholeHost = (url: string, name: string): boolean =>
  new RegExp(`^https?://\\$\\{${name}(?::-[^}]*)?\\}(?:[:/]|$)`).test(url);

/** Spelled as AWS's tools or as its SDKs do. */
function amazonKeys(json: JsonObject): Result<Variables, string> {
  const text = (...names: readonly string[]): string => names.map((name) => stringOf(json[name])).find(Boolean) ?? '';
  const [id, secret] = [text('accessKeyId', 'access_key_id'), text('secretAccessKey', 'secret_access_key')];
  const [token, region] = [text('sessionToken', 'session_token'), text('region')];
  if (!WORD.test(id) || !WORD.test(secret)) return failed('JSON needs accessKeyId and secretAccessKey');
  if (token !== '' && !WORD.test(token)) return failed('sessionToken is not valid');
  if (region !== '' && !REGION.test(region)) return failed('region is no name');
  return ok({
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: secret,
    ...(token !== '' && { AWS_SESSION_TOKEN: token }),
    ...(region !== '' && { AWS_REGION: region }),
  });
}

/** A Google account's file; its tokens are bought at Google whatever it says, and `region` may stand beside it. */
function googleAccount(provider: Provider, env: string, text: string): Result<Variables, string> {
  const json = parseJson(text);
  if (!isObject(json)) return failed('must be the JSON of a Google account');
  const { token_uri: _, region, ...account } = json;
  if (region !== undefined && !(typeof region === 'string' && REGION.test(region))) return failed('region is no name');
  const project = stringOf(account.project_id) || stringOf(account.quota_project_id);
  if (!/^[a-z0-9][a-z0-9:.-]{0,98}$/.test(project)) return failed('project_id is missing or no name');
  if (stringOf(account.private_key).length > PRIVATE_KEY_LENGTH_MAX) return failed('private_key is too long');
  const prefix = variablePrefix(provider.slug);
  return ok({ [env]: JSON.stringify(account), ...(typeof region === 'string' && { [`${prefix}_LOCATION`]: region }) });
}
