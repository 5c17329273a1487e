import { type Fault, fault } from '../base/fault.ts';
import { parseJson } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { type NanoUsd, nano } from '../base/money.ts';
import { PRODUCT } from '../base/product.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { FoundPage } from '../call/server-tool.ts';
import type { Fetching } from '../facts/fetching.ts';
import type { Engine, EngineAccess, SearchQuery } from './engine.ts';
import { ENGINES } from './engines/index.ts';

/** An engine that the operator has set up. */
export type ReadyEngine = { readonly engine: Engine; readonly access: EngineAccess };

/** Searching the web, by whatever engines the operator has set up. */
export type Search = {
  /** Those that are set up, the customary one first. */
  readonly engines: readonly ReadyEngine[];
  /** By its name; `auto` or nothing = the customary one. The fault says what is to be set. `isSandbox`: for a model that costs nothing. */
  readonly engineFor: (name: string | undefined, isSandbox: boolean) => Result<ReadyEngine, Fault>;
  readonly run: (ready: ReadyEngine, query: SearchQuery, onCancel?: (cancel: () => void) => void) => Promise<Found>;
};
export type Found = Result<
  { readonly pages: readonly FoundPage[]; readonly cost: NanoUsd },
  { readonly message: string }
>;

type Environment = { readonly [name: string]: string | undefined };

/** Engines are set up like providers: by their key, and by the address where it is another. */
export function openSearch(environment: Environment, fetching: Fetching): Search {
  const engines = ENGINES.flatMap((engine): ReadyEngine[] => {
    const access = accessOf(engine, environment);
    return access ? [{ engine, access }] : [];
  });
  const sandbox = sandboxEngine(environment);
  return {
    engines,
    engineFor: (name, isSandbox) => {
      const isAny = name === undefined || name === 'auto';
      const ready = isAny ? engines[0] : engines.find(({ engine }) => engine.id === name);
      if (ready) return ok(ready);
      if (isAny && isSandbox && sandbox) return ok(sandbox);
      return failed(notSetUp(isAny ? undefined : name));
    },
    run: (ready, query, onCancel) => runSearch(fetching, ready, query, onCancel),
  };
}

const present = (environment: Environment, name: string): string | undefined => environment[name]?.trim() || undefined;

function accessOf({ keyVariable, baseUrlVariable, baseUrl }: Engine, environment: Environment): EngineAccess | null {
  const key = keyVariable === null ? undefined : present(environment, keyVariable);
  const named = present(environment, baseUrlVariable);
  const address = named ?? baseUrl;
  if (address === null || (key === undefined && named === undefined)) return null;
  return URL.canParse(address) ? { baseUrl: address.replace(/\/+$/, ''), key: key ?? '' } : null;
}

/** The built-in provider answers searches, too, so that everything can be tried without a key. */
function sandboxEngine(environment: Environment): ReadyEngine | null {
  const base = present(environment, 'SANDBOX_BASE_URL');
  const engine = ENGINES.find(({ id }) => id === 'searxng');
  return base && engine
    ? { engine: { ...engine, id: 'sandbox', name: 'Sandbox' }, access: { baseUrl: `${base}/web`, key: '' } }
    : null;
}

function notSetUp(name: string | undefined): Fault {
  const engine = ENGINES.find(({ id }) => id === name);
  const wanted = engine ? [engine] : ENGINES;
  const variables = wanted.map(({ keyVariable, baseUrlVariable }) => keyVariable ?? baseUrlVariable);
  const what = name === undefined ? 'No search engine is' : `The search engine '${name.slice(0, 50)}' is not`;
  const how = `set ${variables.join(' or ')} in the gateway's environment and restart it`;
  const known = engine || name === undefined ? `: ${how}.` : `. Known are: ${ENGINES.map(({ id }) => id).join(', ')}.`;
  return fault('invalid_request', `${what} set up here${known}`, { param: 'engine' });
}

const BYTES_MAX = 4 * 1024 * 1024;

async function runSearch(
  fetching: Fetching,
  { engine, access }: ReadyEngine,
  asked: SearchQuery,
  onCancel?: (cancel: () => void) => void,
): Promise<Found> {
  const query = { ...asked, maxResults: Math.min(asked.maxResults, engine.maxResults) };
  const { headers, ...request } = engine.request(query, access);
  const answer = await fetching(
    { ...request, headers: { ...headers, 'user-agent': PRODUCT.userAgent }, reach: 'operator' },
    { bytesMax: BYTES_MAX, timeoutMs: LIMITS.search_ms, ...(onCancel && { onCancel }) },
  );
  if (!answer.ok) return failed({ message: `${engine.name} could not be reached: ${answer.error.kind}` });
  const { status, body } = answer.value;
  if (status !== 200) return failed({ message: `${engine.name} answered with status ${status}` });
  const value = parseJson(Buffer.from(body).toString('utf8'));
  if (value === undefined) return failed({ message: `${engine.name} answered with something that is no JSON` });
  const pages = engine
    .read(value)
    .filter((page) => isAllowed(page.url, query))
    .slice(0, query.maxResults)
    .map((page) => ({
      ...page,
      url: page.url.slice(0, LIMITS.url_length_max),
      title: page.title.slice(0, TITLE_MAX),
      text: page.text.slice(0, query.maxCharacters),
    }));
  return ok({ pages, cost: priceOf(engine, pages.length) });
}

const TITLE_MAX = 500;

/** For so many results; the ten first are in the price of the search. */
export const priceOf = ({ price }: Engine, results: number): NanoUsd =>
  nano(price.search + price.result * BigInt(Math.max(0, results - 10)));

/** Engines are told of domains and are not believed: a page of none that is allowed is no result. */
function isAllowed(url: string, { allowedDomains, excludedDomains }: SearchQuery): boolean {
  if (!URL.canParse(url) || !/^https?:/i.test(url)) return false;
  const isOf = (pattern: string): boolean => matchesDomain(url, pattern);
  return (allowedDomains.length === 0 || allowedDomains.some(isOf)) && !excludedDomains.some(isOf);
}

/** `example.com` and all below it, `*.substack.com`, `openai.com/blog` (spec §4.2). */
export function matchesDomain(url: string, pattern: string): boolean {
  const { hostname, pathname } = new URL(url);
  const [host = '', ...path] = pattern
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .split('/');
  const domain = host.replace(/^\*\./, '');
  if (domain === '') return false;
  const isHost = hostname === domain || hostname.endsWith(`.${domain}`);
  const prefix = path.join('/').replace(/\/+$/, '');
  return isHost && (prefix === '' || `${pathname.slice(1)}/`.toLowerCase().startsWith(`${prefix}/`));
}
