import { stringOf } from '../../base/json.ts';
import { ok } from '../../base/result.ts';
import type { FoundPage } from '../../call/server-tool.ts';
import { ENGINES } from '../../web/engines/index.ts';
import { priceOf } from '../../web/search.ts';
import { readSearchOptions, type SearchOptions } from '../../web/search-options.ts';
import { failure, type ServerTool } from '../tool.ts';

const QUERY_LENGTH_MAX = 1_000;

/** Searches the web by the operator's engine; where the host of a model searches itself, that is left to it. */
export const webSearch: ServerTool<SearchOptions> = {
  id: 'web_search',
  about: 'Searches the web, and gives the model what the pages say.',
  costs:
    'as the engine: Exa $0.007, Parallel $0.005, Brave $0.005, Tavily $0.008 a search, $0.001 for each result beyond ten; SearXNG and Firecrawl nothing; a host’s own search at the host’s price',
  fields: [
    {
      name: 'engine',
      type: 'string',
      range: 'auto, native, exa, parallel, tavily, brave, firecrawl, searxng',
      otherwise: 'auto',
      meaning:
        'Who searches: the host of the model where it can, else the engine that is set up; or the one that is named.',
    },
    {
      name: 'mode',
      type: 'string',
      range: 'instant, fast, auto, deep-lite, deep, deep-reasoning, turbo, basic, advanced',
      meaning: 'How thoroughly, in the engine’s words.',
    },
    {
      name: 'max_results',
      type: 'integer',
      range: '1–25',
      otherwise: '5',
      meaning: 'Results of one search.',
    },
    {
      name: 'max_total_results',
      type: 'integer',
      range: '1–1,000',
      otherwise: '50',
      meaning: 'Results of all searches of a request.',
    },
    {
      name: 'max_uses',
      type: 'integer',
      range: '1–1,000',
      otherwise: 'as many as the loop allows',
      meaning: 'Searches of a request.',
    },
    {
      name: 'max_characters',
      type: 'integer',
      range: '1–100,000',
      otherwise: '3,000',
      meaning: 'What the model is given of each page.',
    },
    {
      name: 'search_context_size',
      type: 'string',
      range: 'low, medium, high',
      meaning: 'The same, in three sizes.',
    },
    {
      name: 'allowed_domains',
      type: 'string[]',
      range: '≤ 100',
      otherwise: 'all',
      meaning: 'Nothing else is found.',
    },
    {
      name: 'excluded_domains',
      type: 'string[]',
      range: '≤ 100',
      otherwise: 'none',
      meaning: 'These are not found.',
    },
  ],
  spellings: {
    chat: ['web_search', 'web_search_preview'],
    responses: ['web_search', 'web_search_preview', 'web_search_preview_2025_03_11'],
    messages: ['web_search_20250305'],
  },
  engines: ({ search: { engines } }) =>
    ENGINES.map((engine) => ({
      id: engine.id,
      isSetUp: engines.some((ready) => ready.engine.id === engine.id),
      price: priceOf(engine, 5),
    })),
  lacks: ({ search: { engines } }) =>
    engines.length > 0 ? null : 'an engine of its own; hosts that search themselves serve',
  read: readSearchOptions,
  open: (options, { search, isSandbox }) => {
    const ready = search.engineFor(options.engine === 'native' ? undefined : options.engine, isSandbox);
    if (!ready.ok) return ready;
    const { maxResults, maxUses = Number.POSITIVE_INFINITY, maxTotalResults, ...query } = options;
    let uses = 0;
    let total = 0;
    return ok({
      name: 'web_search',
      description:
        'Searches the web for current information. Returns pages with their URLs, titles and excerpts. Cite what you use as Markdown links to the URLs.',
      parameters: {
        type: 'object',
        properties: { query: { type: 'string', description: 'What to search for.' } },
        required: ['query'],
      },
      priceMax: priceOf(ready.value.engine, maxResults),
      run: async (asked, { onCancel }) => {
        const text = stringOf(asked.query).trim().slice(0, QUERY_LENGTH_MAX);
        if (text === '') return failure('The argument "query" is missing.');
        const action = { type: 'search', query: text };
        if (uses >= maxUses) return failure('The most searches that this request allows have been made.', { action });
        if (total >= maxTotalResults)
          return failure('The most results that this request allows have been given.', { action });
        uses++;
        const left = Math.min(maxResults, maxTotalResults - total);
        total += left; // several may run at once
        const found = await search.run(ready.value, { ...query, text, maxResults: left }, onCancel);
        if (!found.ok) {
          total -= left;
          return failure(`The search failed: ${found.error.message}.`, { action });
        }
        const { pages, cost } = found.value;
        total -= left - pages.length;
        const sources = pages.map(({ url }) => ({ type: 'url', url }));
        return {
          result: JSON.stringify({ results: pages.map(resultOf) }),
          shown: { action: { ...action, sources } },
          cost,
          pages,
          counts: 'search',
          by: ready.value.engine.id,
        };
      },
    });
  },
};

const resultOf = ({ url, title, text, publishedAt }: FoundPage) => ({
  url,
  title,
  ...(publishedAt !== undefined && { published: publishedAt }),
  content: text,
});
