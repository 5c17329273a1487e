import { type JsonObject, objectOf, stringOf } from '../base/json.ts';
import { type Complaints, complain, present, readNumber, readOneOf, readString, readStrings } from '../call/read.ts';

/** What a caller says of a search (`WebSearchServerToolConfig` of the contract). */
export type SearchOptions = {
  readonly engine?: string;
  readonly mode?: string;
  readonly maxResults: number;
  readonly maxTotalResults: number;
  readonly maxUses?: number;
  readonly maxCharacters: number;
  readonly allowedDomains: readonly string[];
  readonly excludedDomains: readonly string[];
};

const SIZES = ['low', 'medium', 'high'] as const;
/** Characters of a result, as Exa's sizes in the contract; its own choice is 2,000 to 4,000. */
const CHARACTERS = { low: 5_000, medium: 15_000, high: 30_000, customary: 3_000 } as const;
const MODES = ['instant', 'fast', 'auto', 'deep-lite', 'deep', 'deep-reasoning', 'turbo', 'basic', 'advanced'] as const;
const DOMAINS_MAX = 100;

export function readSearchOptions(to: Complaints, said: JsonObject, path: string): SearchOptions {
  const filters = objectOf(said.filters);
  const domains = (...names: readonly string[]): readonly string[] => {
    for (const name of names) {
      const holder = said[name] === undefined ? filters : said;
      const list = readStrings(to, holder, name, `${path}.${name}`) ?? [];
      if (list.length > DOMAINS_MAX) complain(to, `${path}.${name}`, `Invalid '${path}.${name}': too many domains.`);
      if (list.length > 0) return list;
    }
    return [];
  };
  const allowedDomains = domains('allowed_domains', 'include_domains');
  const excludedDomains = domains('excluded_domains', 'blocked_domains', 'exclude_domains');
  if (allowedDomains.length > 0 && excludedDomains.length > 0)
    complain(to, path, `Invalid '${path}': allowed_domains and excluded_domains cannot be used together.`);
  const size = readOneOf(to, said, 'search_context_size', SIZES, `${path}.search_context_size`);
  const number = (name: string, max: number): number | undefined =>
    readNumber(to, said, name, { min: 1, max, whole: true }, `${path}.${name}`);
  return {
    maxResults: number('max_results', 25) ?? 5,
    maxTotalResults: number('max_total_results', 1_000) ?? 50,
    maxCharacters: number('max_characters', 100_000) ?? CHARACTERS[size ?? 'customary'],
    allowedDomains,
    excludedDomains,
    ...present({
      engine: readString(to, said, 'engine', `${path}.engine`),
      mode: readOneOf(to, said, 'mode', MODES, `${path}.mode`),
      maxUses: number('max_uses', 1_000),
    }),
  };
}

/** Does it leave the choice to us, or name the host's own search? */
export const isHostsEngine = (said: JsonObject): boolean => {
  const engine = stringOf(said.engine);
  return engine === '' || engine === 'auto' || engine === 'native';
};
