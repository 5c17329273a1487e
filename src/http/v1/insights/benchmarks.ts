import { z } from 'zod';
import { displayName, type Model } from '../../../catalog/model.ts';
import type { Route } from '../../route.ts';
import { refusal } from '../account/refusal.ts';
import { indexOf } from '../models/model-json.ts';
import { priceJson } from '../models/price-json.ts';
import { readQuery, whole } from './read-query.ts';

const SOURCES = ['artificial-analysis', 'design-arena', 'openrouter'] as const;
const TASKS = ['coding', 'intelligence', 'agentic', 'search'] as const;
const TYPES = [
  'gpqa_diamond',
  'tau_bench_verified_airline',
  'search_browsecomp',
  'search_hle',
  'search_dsqa',
  'search_widesearch',
] as const;
const RESULTS_MAX = 10_000;

const QUERY = z.object({
  source: z.enum(SOURCES).optional(),
  task_type: z.enum(TASKS).optional(),
  benchmark_type: z.enum(TYPES).optional(),
  include_run_config: z.enum(['true', 'false']).optional(),
  search_engine: z.string().max(100).optional(),
  search_surface: z.enum(['server-tool', 'plugin']).optional(),
  arena: z.enum(['models', 'builders', 'agents']).optional(),
  category: z.string().max(100).optional(),
  max_results: whole(1, RESULTS_MAX, RESULTS_MAX),
});
type Wish = z.infer<typeof QUERY>;

const CITATION = 'Source: Artificial Analysis (artificialanalysis.ai)';

/**
 * `GET /benchmarks`: the indexes of Artificial Analysis that the catalogue has of its models. Of Design Arena and of
 * OpenRouter's own evaluations it has none, so that whoever asks for those alone is answered with an empty list.
 */
export const BENCHMARKS: Route = {
  method: 'GET',
  path: '/benchmarks',
  auth: 'look',
  query: QUERY,
  handle: ({ query }, { catalog, world }) => {
    const wish = readQuery(QUERY, query);
    if (!wish.ok) return refusal(wish.error);
    const { source = null, task_type: task = null } = wish.value;
    const data = asksForIndexes(wish.value) ? itemsOf([...catalog().models.values()], wish.value) : [];
    const isOne = source === 'artificial-analysis';
    return {
      status: 200,
      json: {
        data,
        meta: {
          as_of: new Date(world.now()).toISOString(),
          version: 'v1',
          source,
          source_url: isOne ? 'https://artificialanalysis.ai' : null,
          citation: isOne ? CITATION : null,
          model_count: data.length,
          task_type: task,
        },
      },
    };
  },
};

const asksForIndexes = ({ source, task_type, benchmark_type }: Wish): boolean =>
  (source === undefined || source === 'artificial-analysis') &&
  task_type !== 'search' &&
  benchmark_type?.startsWith('search_') !== true;

/** The best first, by the index of the task. */
function itemsOf(models: readonly Model[], { task_type, max_results }: Wish) {
  const kind = task_type === undefined || task_type === 'search' ? null : task_type;
  const items = models.flatMap((model) => {
    const item = itemOf(model);
    const scores =
      kind === null ? [item.intelligence_index, item.coding_index, item.agentic_index] : [scoreOf(item, kind)];
    const best = Math.max(...scores.map((score) => score ?? Number.NEGATIVE_INFINITY));
    return Number.isFinite(best) ? [{ best, item }] : [];
  });
  const ordered = items.toSorted(
    (a, b) => b.best - a.best || (a.item.model_permaslug < b.item.model_permaslug ? -1 : 1),
  );
  return ordered.slice(0, max_results).map(({ item }) => item);
}

const scoreOf = (item: ReturnType<typeof itemOf>, kind: 'coding' | 'intelligence' | 'agentic'): number | null =>
  item[`${kind}_index`];

function itemOf(model: Model) {
  const [endpoint] = model.endpoints;
  const price = endpoint ? priceJson(endpoint.price) : null;
  return {
    source: 'artificial-analysis' as const,
    model_permaslug: model.id,
    display_name: displayName(model),
    intelligence_index: indexOf(model, 'intelligence') ?? null,
    coding_index: indexOf(model, 'coding') ?? null,
    agentic_index: indexOf(model, 'agentic') ?? null,
    pricing: price ? { prompt: String(price.prompt ?? '0'), completion: String(price.completion ?? '0') } : null,
  };
}
