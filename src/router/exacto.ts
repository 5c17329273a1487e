import type { Endpoint } from '../catalog/model.ts';
import type { Question } from '../facts/question.ts';

/** What an endpoint that is worse with tools than its peers is told to be. */
export const POOR_WITH_TOOLS = ['slower with tools than its peers', 'fails at tools oftener than its peers'] as const;
type PoorWithTools = (typeof POOR_WITH_TOOLS)[number];

/** Fewer hosts than this are no peers. */
const HOSTS_MIN = 4;
/** Standard deviations below the mean of the peers. */
const FAR = { throughput: 1.5, wellFormed: 2 } as const;

const NONE: ReadonlyMap<string, PoorWithTools> = new Map();

/**
 * Calls with tools go last to hosts whose tool calls cannot be read much oftener than those of others, or that are much
 * slower (spec §3.5, Auto Exacto): by their ids. Only those are compared of which enough is known
 * (`EndpointHealth.wellFormed`), and only where neither the caller nor anybody for it says by what to sort.
 */
export function poorWithTools(endpoints: readonly Endpoint[], question: Question): ReadonlyMap<string, PoorWithTools> {
  const { usesTools, health, preferences } = question;
  if (!usesTools || endpoints.length < HOSTS_MIN || preferences.order?.length || preferences.only?.length) return NONE;
  const known: { readonly endpoint: Endpoint; readonly wellFormed: number; readonly throughput: number | null }[] = [];
  for (const endpoint of endpoints) {
    const figures = health.of(endpoint.id);
    if (figures?.wellFormed !== undefined)
      known.push({ endpoint, wellFormed: figures.wellFormed, throughput: figures.throughput?.p50 ?? null });
  }
  if (new Set(known.map(({ endpoint }) => endpoint.provider)).size < HOSTS_MIN) return NONE;
  const slow = below(
    known.flatMap(({ throughput }) => throughput ?? []),
    FAR.throughput,
  );
  const bad = below(
    known.map(({ wellFormed }) => wellFormed),
    FAR.wellFormed,
  );
  const poor = new Map<string, PoorWithTools>();
  for (const { endpoint, wellFormed, throughput } of known) {
    if (wellFormed < bad) poor.set(endpoint.id, POOR_WITH_TOOLS[1]);
    else if (throughput !== null && throughput < slow) poor.set(endpoint.id, POOR_WITH_TOOLS[0]);
  }
  return poor;
}

/** So far below the mean of the others lies what is far below: with few peers one bad figure would hide in its own deviation. */
function below(figures: readonly number[], deviations: number): number {
  if (figures.length < HOSTS_MIN) return Number.NEGATIVE_INFINITY;
  const [least = 0, ...others] = [...figures].sort((a, b) => a - b);
  const mean = others.reduce((sum, one) => sum + one, 0) / others.length;
  const deviation = Math.sqrt(others.reduce((sum, one) => sum + (one - mean) ** 2, 0) / others.length);
  // Among peers that are all alike a hair is no distance.
  const line = mean - deviations * Math.max(deviation, mean * ALIKE);
  return least < line ? line : Number.NEGATIVE_INFINITY;
}
const ALIKE = 0.01;
