import type { JsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { type Complaints, present, readNumber, readOneOf, readStrings } from '../call/read.ts';
import { matchesDomain } from './search.ts';

/** What a caller says of pages that are fetched (`WebFetchServerToolConfig` of the contract). */
export type FetchOptions = {
  readonly maxUses?: number;
  readonly maxLength: number;
  readonly allowedDomains: readonly string[];
  readonly blockedDomains: readonly string[];
};

const ENGINES = ['auto', 'openrouter'] as const;
const CHARACTERS_PER_TOKEN = 4;
const LENGTH = 40_000;

export function readFetchOptions(to: Complaints, said: JsonObject, path: string): FetchOptions {
  readOneOf(to, said, 'engine', ENGINES, `${path}.engine`);
  const tokens = readNumber(to, said, 'max_content_tokens', { min: 1, whole: true }, `${path}.max_content_tokens`);
  return {
    maxLength: Math.min(
      tokens === undefined ? LENGTH : tokens * CHARACTERS_PER_TOKEN,
      LIMITS.server_tool_result_length_max,
    ),
    allowedDomains: readStrings(to, said, 'allowed_domains', `${path}.allowed_domains`) ?? [],
    blockedDomains: readStrings(to, said, 'blocked_domains', `${path}.blocked_domains`) ?? [],
    ...present({
      maxUses: readNumber(to, said, 'max_uses', { min: 1, max: LIMITS.pages_max, whole: true }, `${path}.max_uses`),
    }),
  };
}

export const isAllowedBy =
  ({ allowedDomains, blockedDomains }: FetchOptions) =>
  (url: string): boolean => {
    const isOf = (pattern: string): boolean => matchesDomain(url, pattern);
    return (allowedDomains.length === 0 || allowedDomains.some(isOf)) && !blockedDomains.some(isOf);
  };
