import { isObject, type JsonObject, parseJson, stringOf } from '../base/json.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { fillVariables, missingVariables, variablePrefix } from '../catalog/environment.ts';
import type { Provider } from '../catalog/provider.ts';

/** The process's environment, or any like it. */
export type Variables = { readonly [name: string]: string | undefined };

/** Text of an operator's file (a service account), or null when it cannot be read. */
export type ReadFile = (path: string) => string | null;

export type Secret =
  | { readonly kind: 'none' }
  | { readonly kind: 'key'; readonly key: string }
  | {
      readonly kind: 'aws';
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string | null;
      readonly region: string | null;
    }
  | { readonly kind: 'gcp'; readonly grant: GcpGrant; readonly tokenUrl: string };

/** What Google gives a token for: a service account's signature, or what a person signed in with (`gcloud auth`). */
export type GcpGrant =
  | { readonly type: 'service-account'; readonly email: string; readonly privateKey: string }
  | {
      readonly type: 'refresh-token';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly refreshToken: string;
    };

/** What signs requests to one provider, and the only origins it may be sent to. */
export type Credential = {
  readonly provider: string;
  /** The variable that holds it, or would: what it is called where it must not be shown. */
  readonly variable: string;
  /** How much of the traffic it takes, beside the others of its provider. */
  readonly weight: number;
  readonly secret: Secret;
  /** Replaces `${VARIABLE}`s in a base URL of this provider. */
  readonly expand: (baseUrl: string) => string;
  readonly origins: ReadonlySet<string>;
};

/**
 * The provider's credential, or the names of the variables that would make one; `obstacle` = why a provider that the
 * operator began to set up stays off, null where nothing of it is set.
 */
export type CredentialState =
  | {
      readonly ready: true;
      readonly credential: Credential;
      /** More keys of the same provider (`OPENAI_API_KEY_2`, …). */
      readonly others: readonly Credential[];
    }
  | { readonly ready: false; readonly missing: readonly string[]; readonly obstacle: string | null };

export type Credentials = { readonly of: (provider: Provider) => CredentialState };

/**
 * Reads secrets from the environment, once per provider. A provider whose key is present is on, and so is one whose base
 * URL the operator named: there is no other switch.
 */
export function createCredentials(variables: Variables, readFile: ReadFile = () => null): Credentials {
  const known = new WeakMap<Provider, CredentialState>();
  return {
    of: (provider) => {
      let state = known.get(provider);
      if (!state) {
        state = credentialState(provider, variables, readFile);
        known.set(provider, state);
      }
      return state;
    },
  };
}

/**
 * The providers that can be called: their key is present, or they need none, or the operator named their base URL. A
 * local server without a named URL is not among them until it has been found.
 */
export function enabledProviders(catalog: Catalog, credentials: Credentials, variables: Variables): Set<string> {
  const enabled = [...catalog.providers.values()].filter(
    (provider) => credentials.of(provider).ready && (!provider.local || isBaseUrlNamed(provider, variables)),
  );
  return new Set(enabled.map((provider) => provider.slug));
}

/** Providers that the operator began to set up and that stay off all the same, each with the reason. */
export const halfSetUp = (
  catalog: Catalog,
  credentials: Credentials,
): readonly { readonly provider: Provider; readonly obstacle: string }[] =>
  [...catalog.providers.values()].flatMap((provider) => {
    const state = credentials.of(provider);
    return state.ready || state.obstacle === null ? [] : [{ provider, obstacle: state.obstacle }];
  });

const isBaseUrlNamed = ({ slug }: Provider, variables: Variables): boolean =>
  presentValue(variables, `${variablePrefix(slug)}_BASE_URL`) !== undefined;

/** What these variables make of the provider. */
export function credentialState(provider: Provider, variables: Variables, readFile: ReadFile): CredentialState {
  const secret = secretOf(provider, variables, readFile);
  if ('missing' in secret && !isBaseUrlNamed(provider, variables))
    return { ready: false, missing: secret.missing, obstacle: secret.obstacle ?? null };
  const found: Found = 'missing' in secret ? { secret: { kind: 'none' } } : secret;
  const filled = new Map<string, string>();
  const expand = (url: string): string => {
    let text = filled.get(url);
    if (text === undefined) {
      text = fillVariables(url, { ...found.implied, ...variables });
      filled.set(url, text);
    }
    return text;
  };
  const missing = [...new Set(urlsOf(provider).flatMap((url) => missingVariables(expand(url))))];
  if (missing.length > 0) {
    const obstacle = found.secret.kind === 'none' ? null : `its key is set, but ${missing.join(' and ')} is not`;
    return { ready: false, missing, obstacle };
  }
  const variable = provider.auth.scheme === 'none' ? '' : provider.auth.env;
  const keyed = (secret: Secret, name: string): Credential => {
    const urls = urlsOf(provider)
      .map(expand)
      .filter((url) => URL.canParse(url));
    const origins = new Set(urls.map((url) => new URL(url).origin));
    return { provider: provider.slug, variable: name, weight: weightOf(variables, name), secret, expand, origins };
  };
  const others = found.secret.kind === 'none' ? [] : furtherSecrets(provider, variables, readFile);
  return {
    ready: true,
    credential: keyed(found.secret, variable),
    others: others.map(([name, secret]) => keyed(secret, name)),
  };
}

/** `OPENAI_API_KEY_2` to `OPENAI_API_KEY_16`: the same provider's further keys. */
const KEYS_MAX = 16;

function furtherSecrets(
  provider: Provider,
  variables: Variables,
  readFile: ReadFile,
): readonly (readonly [variable: string, secret: Secret])[] {
  const { auth } = provider;
  if (auth.scheme === 'none') return [];
  const numbers = Array.from({ length: KEYS_MAX - 1 }, (_, at) => at + 2);
  return numbers.flatMap((number) => {
    const env = `${auth.env}_${number}`;
    if (presentValue(variables, env) === undefined) return [];
    const found = secretOf({ ...provider, auth: { ...auth, env } }, variables, readFile);
    return 'missing' in found ? [] : [[env, found.secret] as const];
  });
}

/** `OPENAI_API_KEY_2_WEIGHT`; what is no positive number counts as 1. */
function weightOf(variables: Variables, name: string): number {
  const weight = Number(presentValue(variables, `${name}_WEIGHT`) ?? 1);
  return weight > 0 && weight < 1e6 ? weight : 1;
}

const urlsOf = (provider: Provider): string[] =>
  [provider.baseUrl, ...provider.dialects.map((dialect) => dialect.baseUrl)].filter((url) => url !== undefined);

/** Blank counts as absent, and so does white space around a pasted key. */
const presentValue = (variables: Variables, name: string): string | undefined => variables[name]?.trim() || undefined;

type Found = { readonly secret: Secret; readonly implied?: Variables };
type Missing = { readonly missing: readonly string[]; readonly obstacle?: string };

function secretOf(provider: Provider, variables: Variables, readFile: ReadFile): Found | Missing {
  const { auth } = provider;
  switch (auth.scheme) {
    case 'none':
      return { secret: { kind: 'none' } };
    case 'bearer':
    case 'header': {
      const key = presentValue(variables, auth.env);
      if (key !== undefined) return { secret: { kind: 'key', key } };
      if (auth.scheme === 'bearer' && auth.optional) return { secret: { kind: 'none' } };
      return { missing: [auth.env] };
    }
    case 'aws-sigv4':
      return awsSecret(auth.env, variables);
    case 'gcp':
      return gcpSecret(provider, auth.env, variables, readFile);
    default:
      return auth satisfies never;
  }
}

function awsSecret(env: string, variables: Variables): Found | Missing {
  const region = presentValue(variables, 'AWS_REGION') ?? presentValue(variables, 'AWS_DEFAULT_REGION') ?? null;
  const implied = region === null ? {} : { AWS_REGION: region };
  const key = presentValue(variables, env);
  if (key !== undefined) return { secret: { kind: 'key', key }, implied };
  const accessKeyId = presentValue(variables, 'AWS_ACCESS_KEY_ID');
  const secretAccessKey = presentValue(variables, 'AWS_SECRET_ACCESS_KEY');
  if (accessKeyId === undefined || secretAccessKey === undefined) return { missing: [env] };
  const sessionToken = presentValue(variables, 'AWS_SESSION_TOKEN') ?? null;
  return { secret: { kind: 'aws', accessKeyId, secretAccessKey, sessionToken, region }, implied };
}

function gcpSecret(provider: Provider, env: string, variables: Variables, readFile: ReadFile): Found | Missing {
  const value = presentValue(variables, env);
  if (value === undefined) return { missing: [env] };
  const account = parseJson(value.startsWith('{') ? value : (readFile(value) ?? ''));
  const grant = isObject(account) ? grantOf(account) : undefined;
  if (!isObject(account) || !grant) {
    const obstacle = `${env} is neither a service account nor a person's sign-in, nor the path of a file with one`;
    return { missing: [env], obstacle };
  }
  const project = stringOf(account.project_id) || stringOf(account.quota_project_id);
  return {
    secret: {
      kind: 'gcp',
      grant,
      tokenUrl: stringOf(account.token_uri) || 'https://oauth2.googleapis.com/token',
    },
    implied: gcpPlace(provider, variables, project),
  };
}

/** Google's credential files (google-auth-library 10, read 2026-11-24); undefined for kinds that we do not speak. */
function grantOf(account: JsonObject): GcpGrant | undefined {
  const text = (name: string): string => stringOf(account[name]);
  if (account.type === 'authorized_user') {
    const grant = {
      clientId: text('client_id'),
      clientSecret: text('client_secret'),
      refreshToken: text('refresh_token'),
    };
    return Object.values(grant).includes('') ? undefined : { type: 'refresh-token', ...grant };
  }
  const email = text('client_email');
  // In a variable that was escaped once too often the key's lines end in words.
  const privateKey = text('private_key').replaceAll('\\n', '\n');
  return email === '' || privateKey === '' ? undefined : { type: 'service-account', email, privateKey };
}

/**
 * Where a Google provider is, if its own variables do not say: in the project and location of Google's customary ones, or
 * the account's project. Each location has its own host (@ai-sdk/google-vertex 4, read 2026-11-24).
 */
function gcpPlace({ slug }: Provider, variables: Variables, accountProject: string): Variables {
  const prefix = variablePrefix(slug);
  const project = presentValue(variables, 'GOOGLE_CLOUD_PROJECT') ?? (accountProject || undefined);
  const location =
    presentValue(variables, `${prefix}_LOCATION`) ?? presentValue(variables, 'GOOGLE_CLOUD_LOCATION') ?? 'global';
  return {
    GOOGLE_CLOUD_PROJECT: project,
    [`${prefix}_PROJECT`]: project,
    [`${prefix}_LOCATION`]: location,
    [`${prefix}_ENDPOINT`]: gcpHost(location),
  };
}

function gcpHost(location: string): string {
  if (location === 'global') return 'aiplatform.googleapis.com';
  const isContinent = location === 'us' || location === 'eu';
  return isContinent ? `aiplatform.${location}.rep.googleapis.com` : `${location}-aiplatform.googleapis.com`;
}
