import { stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { NO_MONEY } from '../../base/money.ts';
import { ok } from '../../base/result.ts';
import { type FetchOptions, isAllowedBy, readFetchOptions } from '../../web/fetch-options.ts';
import { fetchPage } from '../../web/fetch-page.ts';
import { failure, type ServerTool } from '../tool.ts';

/** Reads a page of the public internet, as text. */
export const webFetch: ServerTool<FetchOptions> = {
  id: 'web_fetch',
  about: 'Reads a page of the public internet, as text.',
  costs: 'nothing; at most 50 pages a request',
  fields: [
    {
      name: 'engine',
      type: 'string',
      range: 'auto, openrouter',
      otherwise: 'auto',
      meaning: 'Pages are read by the gateway itself.',
    },
    {
      name: 'max_uses',
      type: 'integer',
      range: '1–50',
      otherwise: '50',
      meaning: 'How many pages a request may read.',
    },
    {
      name: 'max_content_tokens',
      type: 'integer',
      range: '≥ 1',
      otherwise: '10,000',
      meaning: 'What is read of a page at most, in tokens of four characters.',
    },
    {
      name: 'allowed_domains',
      type: 'string[]',
      otherwise: 'all',
      meaning: 'Nothing else is read.',
    },
    {
      name: 'blocked_domains',
      type: 'string[]',
      otherwise: 'none',
      meaning: 'These are not read.',
    },
  ],
  read: readFetchOptions,
  open: (options, means) => {
    let uses = 0;
    return ok({
      name: 'web_fetch',
      description: 'Fetches the text of a web page by its URL.',
      parameters: {
        type: 'object',
        properties: { url: { type: 'string', description: 'The http or https URL of the page.' } },
        required: ['url'],
      },
      priceMax: NO_MONEY,
      run: async (asked, running) => {
        const url = stringOf(asked.url).trim();
        if (url === '') return failure('The argument "url" is missing.');
        const named = { url: url.slice(0, LIMITS.url_length_max) };
        if (uses >= (options.maxUses ?? LIMITS.pages_max))
          return failure('The most pages that this request allows have been fetched.', named);
        uses++;
        const bounds = { lengthMax: options.maxLength, isAllowed: isAllowedBy(options) };
        const page = await fetchPage(means, url, bounds, running.onCancel);
        if (!page.ok) {
          const { message, status } = page.error;
          const shown = { ...named, ...(status !== undefined && { httpStatus: status }) };
          return failure(`The page could not be fetched: ${message}.`, shown);
        }
        const { title, text, status } = page.value;
        return {
          result: JSON.stringify({ url: page.value.url, title, content: text }),
          shown: { url: page.value.url, title, content: text, httpStatus: status },
          pages: [{ url: page.value.url, title, text: text.slice(0, CITED) }],
          counts: 'fetch',
        };
      },
    });
  },
};

/** What a citation shows of the page. */
const CITED = 1_000;
