import { objectOf, stringOf } from '../../base/json.ts';
import { NO_MONEY, nano } from '../../base/money.ts';
import type { Engine } from '../engine.ts';
import { asked, pagesIn, posted, textsOf, withOperators } from './shapes.ts';

/** Thousandths of a dollar. */
const milli = (amount: number) => nano(BigInt(Math.round(amount * 1_000)) * 1_000n);
const BEYOND_TEN = milli(1);

/**
 * Search engines, the first that is configured before the others. What they take and answer was read on 2026-11-29 in their
 * own documentation; so were the prices of those that the contract has none for.
 */
export const ENGINES: readonly Engine[] = [
  {
    id: 'exa',
    name: 'Exa',
    keyVariable: 'EXA_API_KEY',
    baseUrlVariable: 'EXA_BASE_URL',
    baseUrl: 'https://api.exa.ai',
    docs: 'https://exa.ai/docs/search/quickstart',
    price: { search: milli(7), result: BEYOND_TEN },
    maxResults: 25,
    request: ({ text, maxResults, allowedDomains, excludedDomains, maxCharacters, mode }, { baseUrl, key }) =>
      posted(
        `${baseUrl}/search`,
        { 'x-api-key': key },
        {
          query: text,
          type: mode ?? 'auto',
          numResults: maxResults,
          ...(allowedDomains.length > 0 && { includeDomains: allowedDomains }),
          ...(excludedDomains.length > 0 && { excludeDomains: excludedDomains }),
          contents: { highlights: { maxCharacters } },
        },
      ),
    read: (body) =>
      pagesIn(objectOf(body).results, {
        text: ({ highlights, text }) => textsOf(highlights) || stringOf(text),
        date: 'publishedDate',
      }),
  },
  {
    id: 'parallel',
    name: 'Parallel',
    keyVariable: 'PARALLEL_API_KEY',
    baseUrlVariable: 'PARALLEL_BASE_URL',
    baseUrl: 'https://api.parallel.ai',
    docs: 'https://docs.parallel.ai/search/search-quickstart',
    price: { search: milli(5), result: BEYOND_TEN },
    maxResults: 25,
    request: ({ text, maxResults, allowedDomains, excludedDomains, maxCharacters, mode }, { baseUrl, key }) =>
      posted(
        `${baseUrl}/v1/search`,
        { 'x-api-key': key },
        {
          objective: text,
          search_queries: [text],
          mode: mode ?? 'basic',
          advanced_settings: {
            max_results: maxResults,
            excerpt_settings: { max_chars_per_result: maxCharacters },
            ...((allowedDomains.length > 0 || excludedDomains.length > 0) && {
              source_policy: { include_domains: allowedDomains, exclude_domains: excludedDomains },
            }),
          },
        },
      ),
    read: (body) =>
      pagesIn(objectOf(body).results, { text: ({ excerpts }) => textsOf(excerpts), date: 'publish_date' }),
  },
  {
    id: 'tavily',
    name: 'Tavily',
    keyVariable: 'TAVILY_API_KEY',
    baseUrlVariable: 'TAVILY_BASE_URL',
    baseUrl: 'https://api.tavily.com',
    docs: 'https://docs.tavily.com/documentation/api-reference/endpoint/search',
    price: { search: milli(8), result: NO_MONEY },
    maxResults: 20,
    request: ({ text, maxResults, allowedDomains, excludedDomains }, { baseUrl, key }) =>
      posted(
        `${baseUrl}/search`,
        { authorization: `Bearer ${key}` },
        {
          query: text,
          max_results: maxResults,
          ...(allowedDomains.length > 0 && { include_domains: allowedDomains }),
          ...(excludedDomains.length > 0 && { exclude_domains: excludedDomains }),
        },
      ),
    read: (body) =>
      pagesIn(objectOf(body).results, { text: ({ content }) => stringOf(content), date: 'published_date' }),
  },
  {
    id: 'brave',
    name: 'Brave Search',
    keyVariable: 'BRAVE_API_KEY',
    baseUrlVariable: 'BRAVE_BASE_URL',
    baseUrl: 'https://api.search.brave.com/res/v1',
    docs: 'https://api-dashboard.search.brave.com/app/documentation/web-search/get-started',
    price: { search: milli(5), result: NO_MONEY },
    maxResults: 20,
    request: (query, { baseUrl, key }) =>
      asked(
        `${baseUrl}/web/search`,
        { q: withOperators(query), count: String(query.maxResults), extra_snippets: 'true' },
        { 'x-subscription-token': key },
      ),
    read: (body) =>
      pagesIn(objectOf(objectOf(body).web).results, {
        text: ({ description, extra_snippets }) =>
          [stringOf(description), textsOf(extra_snippets)].filter((text) => text !== '').join('\n…\n'),
        date: 'page_age',
      }),
  },
  {
    id: 'firecrawl',
    name: 'Firecrawl',
    keyVariable: 'FIRECRAWL_API_KEY',
    baseUrlVariable: 'FIRECRAWL_BASE_URL',
    baseUrl: 'https://api.firecrawl.dev',
    docs: 'https://docs.firecrawl.dev/api-reference/endpoint/search',
    // The contract has none: it is the caller's own key there. Here it is the operator's, who may charge nothing for it.
    price: { search: NO_MONEY, result: NO_MONEY },
    maxResults: 25,
    request: ({ text, maxResults, allowedDomains, excludedDomains }, { baseUrl, key }) =>
      posted(
        `${baseUrl}/v2/search`,
        { authorization: `Bearer ${key}` },
        {
          query: text,
          limit: maxResults,
          ...(allowedDomains.length > 0 && { includeDomains: allowedDomains }),
          ...(allowedDomains.length === 0 && excludedDomains.length > 0 && { excludeDomains: excludedDomains }),
        },
      ),
    read: (body) =>
      pagesIn(objectOf(objectOf(body).data).web, { text: ({ description }) => stringOf(description), date: 'date' }),
  },
  {
    id: 'searxng',
    name: 'SearXNG',
    keyVariable: null,
    baseUrlVariable: 'SEARXNG_BASE_URL',
    baseUrl: null,
    docs: 'https://docs.searxng.org/dev/search_api.html',
    price: { search: NO_MONEY, result: NO_MONEY },
    maxResults: 25,
    request: (query, { baseUrl }) => asked(`${baseUrl}/search`, { q: withOperators(query), format: 'json' }),
    read: (body) =>
      pagesIn(objectOf(body).results, { text: ({ content }) => stringOf(content), date: 'publishedDate' }),
  },
];
