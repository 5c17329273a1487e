import { stringOf } from '../../base/json.ts';
import { NO_MONEY } from '../../base/money.ts';
import { ok } from '../../base/result.ts';
import { readNumber } from '../../call/read.ts';
import type { Model } from '../../catalog/model.ts';
import { failure, type ServerTool } from '../tool.ts';

/** Looks through the models that can be called here. */
export const searchModels: ServerTool<{ readonly maxResults: number }> = {
  id: 'experimental__search_models',
  about: 'Looks for models that can be called here, by their names and descriptions.',
  costs: 'nothing',
  fields: [
    {
      name: 'max_results',
      type: 'integer',
      range: '1–20',
      otherwise: '5',
      meaning: 'How many models a search tells of at most.',
    },
  ],
  read: (to, said, path) => ({
    maxResults: readNumber(to, said, 'max_results', { min: 1, max: 20, whole: true }, `${path}.max_results`) ?? 5,
  }),
  open: ({ maxResults }, { catalog, enabled }) =>
    ok({
      name: 'search_models',
      description: 'Searches the models that are available, and tells their ids, context lengths and what they take.',
      parameters: {
        type: 'object',
        properties: { query: { type: 'string', description: 'Words of a name or a description, such as "Claude".' } },
        required: ['query'],
      },
      priceMax: NO_MONEY,
      run: (asked) => {
        const query = stringOf(asked.query).trim().slice(0, 200);
        if (query === '') return failure('The argument "query" is missing.');
        const words = query.toLowerCase().split(/\s+/);
        const here = enabled();
        const models = [...catalog.models.values()]
          .filter((model) => !model.sandbox && model.endpoints.some(({ provider }) => here.has(provider.slug)))
          .map((model) => ({ model, rank: rankOf(model, words) }))
          .filter(({ rank }) => rank > 0)
          .sort((one, other) => other.rank - one.rank)
          .slice(0, maxResults)
          .map(({ model }) => aboutModel(model));
        return { result: JSON.stringify({ models }), shown: { query, arguments: JSON.stringify({ query }) } };
      },
    }),
};

/** Words in the id or name count for more than those in the description. */
function rankOf({ id, name, description }: Model, words: readonly string[]): number {
  const named = `${id} ${name}`.toLowerCase();
  const told = (description ?? '').toLowerCase();
  return words.reduce((sum, word) => sum + (named.includes(word) ? 3 : 0) + (told.includes(word) ? 1 : 0), 0);
}

const aboutModel = ({ id, name, description, endpoints }: Model) => ({
  id,
  name,
  description: (description ?? '').slice(0, 300),
  context_length: Math.max(...endpoints.map(({ context }) => context)),
  input: [...new Set(endpoints.flatMap(({ input }) => input))],
  output: [...new Set(endpoints.flatMap(({ output }) => output))],
});
