import { availableParallelism, hostname, networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { KEY_LENGTH_MAX } from '../access/credential.ts';
import { isGuessable, isMadeUp } from '../access/guessable.ts';
import { CLIENT_DEADLINES, type ClientDeadlines, DEADLINES, type Deadlines } from '../base/limits.ts';
import { PRODUCT } from '../base/product.ts';
import type { OnCut, OnRefusal } from '../call/call.ts';
import type { Environment } from '../catalog/environment.ts';
import type { FederationSettings } from '../federation/providers.ts';
import type { Boards } from '../gateway/gateway.ts';
import type { SmtpServer } from '../mail/smtp.ts';
import type { StripeSettings } from '../payments/stripe.ts';
import { type OtlpTarget, otlpTarget } from '../telemetry/otlp/environment.ts';
import { parseAllowance } from '../upstream/address.ts';
import { MASTER_LENGTH_MIN } from '../vault/master.ts';
import { type CodeConfiguration, codeOf } from './code-settings.ts';
import { ConfigurationError, oneOf, wholeNumber } from './environment-values.ts';
import { federationOf } from './federation-settings.ts';
import { type FilesConfiguration, filesOf } from './files-settings.ts';
import { mailOf } from './mail-settings.ts';
import { CONTENT_DAYS, DRAIN_MS, MEMORY_MB, MEMORY_MB_MIN, RESPONSES_MB, SETTINGS } from './settings.ts';
import { stripeOf } from './stripe-settings.ts';

/** Everything an operator can set, read once from the environment. */
export type Configuration = {
  readonly host: string;
  readonly port: number;
  readonly dataDirectory: string;
  readonly databaseUrl: string | null;
  readonly workers: number;
  /** Keys that the operator chose. */
  readonly apiKey: string | null;
  /** By which URL clients come, without a trailing slash; null = by whatever they say. */
  readonly publicUrl: string | null;
  /** Proxies that are believed whom they forward, as addresses and blocks. */
  readonly trustedProxies: string;
  readonly managementKey: string | null;
  /** What secrets are sealed by; null = what the data folder's file has. */
  readonly secret: string | null;
  /** What earlier ones were sealed by. */
  readonly oldSecrets: readonly string[];
  /** What of the list price a call by a key of the account's own is charged, in millionths. */
  readonly byokFeePpm: number;
  /** A folder of `providers/*.toml` and `models/**` merged over the shipped catalogue. */
  readonly catalogFolder: string | null;
  readonly egressAllow: string;
  readonly deadlines: Deadlines;
  readonly clientDeadlines: ClientDeadlines;
  /** How long calls in flight get to end after SIGTERM, in milliseconds. */
  readonly drainMs: number;
  /** What callers may make each process hold. */
  readonly memoryBytes: number;
  /** How long contents of calls are kept, in milliseconds, where a workspace logs them. */
  readonly contentMs: number;
  /** How long responses are stored, and how much of them in each workspace; null = none are. */
  readonly responses: { readonly keptMs: number; readonly bytesMax: number } | null;
  readonly files: FilesConfiguration;
  /** By which providers of identities people sign in; null = by none. */
  readonly federation: FederationSettings | null;
  /** By what credits are sold; null = they are not. */
  readonly stripe: StripeSettings | null;
  /** By which server mails are sent; null = none are. */
  readonly mail: SmtpServer | null;
  /** What runs the code of models. */
  readonly code: CodeConfiguration;
  readonly boards: Boards;
  /** Who may read `/metrics`. */
  readonly metrics: 'management' | 'public' | 'off';
  readonly requestLog: 'off' | 'json';
  /** Where traces of calls go; null = nowhere. */
  readonly traces: OtlpTarget | null;
  readonly defaults: { readonly onCut: OnCut; readonly onRefusal: OnRefusal };
  /** How many times longer than on an ordinary machine what is near may take: local servers to answer, last words at a stop. */
  readonly patience: number;
  readonly environment: Environment;
  /** What the operator should know at start. */
  readonly warnings: readonly string[];
};

/** Reads the environment; an unusable value is an error naming the variable. */
export function readConfiguration(environment: Environment): Configuration {
  const factor = Number(environment.SWITCHWRIGHT_DEADLINE_SCALE || '1');
  if (!(factor > 0)) throw new ConfigurationError('SWITCHWRIGHT_DEADLINE_SCALE must be a number above 0.');
  const traces = tracesOf(environment);
  return withoutLoops({
    host: environment.HOST || '127.0.0.1',
    port: wholeNumber(environment, 'PORT', 8787, 65_535),
    dataDirectory: resolve(environment.SWITCHWRIGHT_DATA_DIR || './.switchwright'),
    databaseUrl: environment.DATABASE_URL || null,
    workers: workers(environment),
    publicUrl: publicUrl(environment),
    trustedProxies: proxies(environment.SWITCHWRIGHT_TRUSTED_PROXIES ?? ''),
    apiKey: seed(environment, 'SWITCHWRIGHT_API_KEY'),
    managementKey: seed(environment, 'SWITCHWRIGHT_MANAGEMENT_KEY'),
    secret: masterSecret(environment),
    oldSecrets: oldSecrets(environment),
    byokFeePpm: feePpm(environment),
    catalogFolder: environment.SWITCHWRIGHT_CATALOG ? resolve(environment.SWITCHWRIGHT_CATALOG) : null,
    egressAllow: allowance(environment.SWITCHWRIGHT_EGRESS_ALLOW ?? ''),
    deadlines: { ...scaled(factor), keep_alive_ms: keepAlive(environment) },
    clientDeadlines: {
      first_byte_ms: Math.ceil(CLIENT_DEADLINES.first_byte_ms * factor),
      request_head_ms: Math.ceil(CLIENT_DEADLINES.request_head_ms * factor),
      request_ms: Math.ceil(CLIENT_DEADLINES.request_ms * factor),
      // Nobody misses this one: it only delays the end.
      last_request_ms: CLIENT_DEADLINES.last_request_ms,
    },
    drainMs: wholeNumber(environment, 'SWITCHWRIGHT_DRAIN_MS', DRAIN_MS, 3_600_000),
    memoryBytes:
      Math.max(MEMORY_MB_MIN, wholeNumber(environment, 'SWITCHWRIGHT_MEMORY_MB', MEMORY_MB, 1_048_576)) * 1024 * 1024,
    responses: responses(environment),
    contentMs: Math.max(1, wholeNumber(environment, 'SWITCHWRIGHT_CONTENT_DAYS', CONTENT_DAYS, 3_650)) * DAY_MS,
    files: filesOf(environment),
    stripe: stripeOf(environment),
    mail: mailOf(environment),
    code: codeOf(environment),
    federation: federationOf(environment),
    boards: oneOf(environment, 'SWITCHWRIGHT_BOARDS', ['public', 'private', 'closed']),
    metrics: oneOf(environment, 'SWITCHWRIGHT_METRICS', ['management', 'public', 'off']),
    requestLog: oneOf(environment, 'SWITCHWRIGHT_REQUEST_LOG', ['off', 'json']),
    defaults: {
      onCut: oneOf(environment, 'SWITCHWRIGHT_ON_CUT', ['fail', 'continue']),
      onRefusal: oneOf(environment, 'SWITCHWRIGHT_ON_REFUSAL', ['next', 'stop']),
    },
    patience: Math.max(1, factor),
    environment: writtenEitherWay(environment),
    traces,
    warnings: [...unknownSettings(environment), ...guessableSeeds(environment), ...(traces?.warnings ?? [])],
  });
}

/** Any text will do that nobody can guess; it is derived from, never sent. */
function masterSecret(environment: Environment): string | null {
  const value = environment.SWITCHWRIGHT_SECRET?.trim();
  if (!value) return null;
  if (value.length < MASTER_LENGTH_MIN || isGuessable(value) || /[\s,]/.test(value))
    throw new ConfigurationError(
      `SWITCHWRIGHT_SECRET must have at least ${MASTER_LENGTH_MIN} characters that nobody can guess, without spaces or commas, such as the output of "openssl rand -hex 32".`,
    );
  return value;
}

function publicUrl({ SWITCHWRIGHT_PUBLIC_URL: text }: Environment): string | null {
  if (!text) return null;
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.pathname !== '/' || url.search || url.hash)
    throw new ConfigurationError(
      `SWITCHWRIGHT_PUBLIC_URL must be an address without a path, such as https://gateway.example.com, not "${text}".`,
    );
  return url.origin;
}

function proxies(text: string): string {
  const entries = text.split(/[\s,]+/).filter(Boolean);
  const unread = entries.filter(
    (entry) =>
      parseAllowance(entry).unread.length > 0 ||
      (/:\d+$/.test(entry.split(']')[0] ?? '') && !entry.includes('::') && entry.split(':').length === 2),
  );
  if (unread.length === 0) return text;
  throw new ConfigurationError(
    `SWITCHWRIGHT_TRUSTED_PROXIES takes addresses and blocks like 10.0.0.0/8, not "${unread.join(', ')}".`,
  );
}

function feePpm({ SWITCHWRIGHT_BYOK_FEE_PERCENT: text }: Environment): number {
  const percent = Number(text || '0');
  if (!(percent >= 0 && percent <= 100))
    throw new ConfigurationError(`SWITCHWRIGHT_BYOK_FEE_PERCENT must be a number from 0 to 100, not "${text}".`);
  return Math.round(percent * 10_000);
}

const oldSecrets = ({ SWITCHWRIGHT_SECRET_OLD }: Environment): readonly string[] =>
  (SWITCHWRIGHT_SECRET_OLD ?? '').split(/[\s,]+/).filter((secret) => secret !== '');

function tracesOf(environment: Environment): OtlpTarget | null {
  const target = otlpTarget(environment);
  if (!target.ok) throw new ConfigurationError(target.error);
  return target.value;
}

const DAY_MS = 86_400_000;

function responses(environment: Environment): Configuration['responses'] {
  const days = wholeNumber(environment, 'SWITCHWRIGHT_RESPONSES_DAYS', 0, 3_650);
  const megabytes = Math.max(16, wholeNumber(environment, 'SWITCHWRIGHT_RESPONSES_MB', RESPONSES_MB, 1_048_576));
  return days === 0 ? null : { keptMs: days * DAY_MS, bytesMax: megabytes * 1024 * 1024 };
}

const WORKERS_MAX = 256;

const workers = (environment: Environment): number =>
  environment.SWITCHWRIGHT_WORKERS === 'auto'
    ? Math.min(WORKERS_MAX, availableParallelism())
    : Math.max(1, wholeNumber(environment, 'SWITCHWRIGHT_WORKERS', 1, WORKERS_MAX));

/** Names for programs that call the gateway, and for its own tests. */
const NOT_OURS = ['SWITCHWRIGHT_BASE_URL', 'SWITCHWRIGHT_LONG'];

/** A misspelt setting would be no setting at all, without a word. */
function unknownSettings(environment: Environment): string[] {
  const known = new Set([...SETTINGS.map(({ name }) => name), ...NOT_OURS]);
  return Object.keys(environment)
    .filter((name) => name.startsWith('SWITCHWRIGHT_') && !known.has(name))
    .map((name) => `${name} is no setting: docs/configuration.md lists them all.`);
}

/** Containers can set `302AI_BASE_URL`, shells only `_302AI_BASE_URL`: either means the provider. */
const writtenEitherWay = (environment: Environment): Environment => ({
  ...Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (/^\d/.test(name) ? [[`_${name}`, value]] : [])),
  ),
  ...environment,
});

/** Sixteen random characters of an alphabet of 64 are 96 bits, besides `sk-`. */
const SEED_LENGTH_MIN = 19;

/** A key travels in a header, which takes neither spaces nor letters beyond ASCII. */
function seed(environment: Environment, name: string): string | null {
  const value = environment[name];
  if (!value) return null;
  if (!/^[\x21-\x7e]+$/.test(value))
    throw new ConfigurationError(`${name} must be printable ASCII without spaces, such as sk-….`);
  if (value.length < SEED_LENGTH_MIN)
    throw new ConfigurationError(
      `${name} is too short to be safe: give it at least ${SEED_LENGTH_MIN} characters that nobody can guess, such as sk- and the output of "openssl rand -hex 32".`,
    );
  if (value.length > KEY_LENGTH_MAX)
    throw new ConfigurationError(`${name} is longer than the ${KEY_LENGTH_MAX} characters that are read of a key.`);
  if (isGuessable(value) && !isForTests(value, environment))
    throw new ConfigurationError(
      `${name} can be guessed: it repeats itself, or is made of rows of the keyboard and words that anybody tries. Give it characters from a generator, such as sk- and the output of "openssl rand -hex 32".`,
    );
  return value;
}

/** A key like `sk-aaaa…` is what set-ups for tests are given: it passes where only programs of this machine can come. */
const isForTests = (value: string, { HOST }: Environment): boolean =>
  isMadeUp(value) && ['', '127.0.0.1', '::1', 'localhost'].includes(HOST ?? '');

function guessableSeeds(environment: Environment): string[] {
  return ['SWITCHWRIGHT_API_KEY', 'SWITCHWRIGHT_MANAGEMENT_KEY'].flatMap((name) =>
    environment[name] && isGuessable(environment[name])
      ? [`${name} can be guessed. That is for tests on this machine alone: no proxy should lead here.`]
      : [],
  );
}

function keepAlive(environment: Environment): number {
  const ms = wholeNumber(environment, 'SWITCHWRIGHT_KEEP_ALIVE_MS', DEADLINES.keep_alive_ms, 3_600_000);
  return ms === 0 ? Number.POSITIVE_INFINITY : ms;
}

function allowance(text: string): string {
  const { unread } = parseAllowance(text);
  if (unread.length === 0) return text;
  throw new ConfigurationError(
    `SWITCHWRIGHT_EGRESS_ALLOW takes host:port, addresses and blocks like 10.0.0.0/8, not "${unread.join(', ')}".`,
  );
}

function scaled(factor: number): Omit<Deadlines, 'keep_alive_ms'> {
  return {
    headers_ms: DEADLINES.headers_ms * factor,
    first_content_ms: DEADLINES.first_content_ms * factor,
    first_content_last_ms: DEADLINES.first_content_last_ms * factor,
    between_events_ms: DEADLINES.between_events_ms * factor,
    whole_ms: DEADLINES.whole_ms * factor,
    total_ms: DEADLINES.total_ms * factor,
    head_wait_ms: DEADLINES.head_wait_ms,
  };
}

/** Where a client on this machine reaches the gateway that has this configuration: `http://127.0.0.1:8787`. */
export function originOf({ host, port }: Pick<Configuration, 'host' | 'port'>): string {
  const reached = isEverywhere(host) ? '127.0.0.1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}

/** Does the gateway listen on every address of the machine? */
export const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '::';

/**
 * A provider whose base URL is this gateway itself would call itself for ever: such a setting is refused. The OpenAI
 * SDK reads `OPENAI_BASE_URL` too, so an operator who points programs at the gateway may well have it set here.
 * The same goes for one of our own keys in a provider's variable: it must not travel to that provider.
 */
function withoutLoops(configuration: Configuration): Configuration {
  const environment: { [name: string]: string | undefined } = { ...configuration.environment };
  const warnings = [...configuration.warnings];
  for (const [name, value] of Object.entries(environment)) {
    if (name.endsWith('_BASE_URL') && value && isOurs(value, configuration)) {
      warnings.push(`${name} is this gateway's own address, a loop: it is ignored, and so is that provider's key.`);
      const prefix = name.slice(0, -'BASE_URL'.length);
      for (const other of Object.keys(environment)) if (other.startsWith(prefix)) delete environment[other];
    }
  }
  const seeds = [configuration.apiKey, configuration.managementKey];
  for (const [name, value] of Object.entries(environment)) {
    if (!/_API_KEY(_\d+)?$/.test(name) || name.startsWith('SWITCHWRIGHT_') || !value) continue;
    if (!value.startsWith(PRODUCT.keyPrefix) && !seeds.includes(value)) continue;
    warnings.push(`${name} holds a key of this gateway, not of that provider: it is ignored.`);
    delete environment[name];
  }
  return { ...configuration, environment, warnings };
}

/** Is this an address of the gateway that has this configuration? */
export function isOurs(url: string, { host, port }: Configuration): boolean {
  const parsed = URL.parse(url);
  if (!parsed || Number(parsed.port || (parsed.protocol === 'https:' ? 443 : 80)) !== port) return false;
  const named = parsed.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return (
    named === host.toLowerCase() ||
    ['localhost', '::1', '0.0.0.0', '::'].includes(named) ||
    ownAddresses(host).has(named)
  );
}

/** Names and addresses under which this machine's ports answer. */
function ownAddresses(host: string): Set<string> {
  if (!isEverywhere(host)) return new Set(['127.0.0.1']);
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return new Set(['127.0.0.1', hostname().toLowerCase(), ...interfaces.map(({ address }) => address)]);
}
