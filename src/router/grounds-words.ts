import { formatUsd, nano } from '../base/money.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Grounds, GroundsCandidate, GroundsRejection } from '../facts/grounds.ts';
import type { EndpointHealth, Percentiles } from '../facts/health.ts';
import type { Routed } from '../facts/routing.ts';
import { missingCredentials } from './missing-key.ts';

/** Why a candidate stood where it stood, with the figures that were compared. */
export const candidateWords = ({ reason, expectedNanoUsd, health }: GroundsCandidate): string =>
  [reason, `about $${formatUsd(nano(BigInt(expectedNanoUsd)))}`, ...healthWords(health)].join('; ');

/** What a router model chose, in a line for itself and one for each model. */
export const routedWords = ({ router, demand, pool, chosen }: Routed): readonly string[] => [
  `${router} took the request for ${demand.difficulty} work of the kind ${demand.task}; ${pool} ${pool === 1 ? 'model' : 'models'} could take it.`,
  ...chosen.map(({ model, reason }) => `${model}: ${reason}`),
];

/** Why an endpoint was no candidate. What key it lacked is looked up in the catalogue of today. */
export function rejectionWords({ endpoint, step, reason }: GroundsRejection, { endpoints }: Catalog): string {
  const listed = endpoints.get(endpoint);
  return `${step}: ${reason ?? (listed ? missingCredentials(listed) : 'it had no key')}`;
}

function healthWords(health: EndpointHealth | null): string[] {
  if (!health) return [];
  const { success, latencyMs, throughput, latencyMsLast5m, throughputLast5m, wellFormed } = health;
  return [
    ...(success === null ? [] : [`${Math.round(success * 10_000) / 100} % answered`]),
    ...(latencyMs === null ? [] : [`first content after ${latencyMs.p50} ms`]),
    ...(throughput === null ? [] : [`${throughput.p50} tokens/s`]),
    ...(latencyMsLast5m === null ? [] : [`in five minutes ${percentileWords(latencyMsLast5m)} ms`]),
    ...(throughputLast5m === null ? [] : [`in five minutes ${percentileWords(throughputLast5m)} tokens/s`]),
    ...(wellFormed === undefined ? [] : [`${Math.round(wellFormed * 10_000) / 100} % of its tool calls could be read`]),
  ];
}

/** What others than the caller had laid down for a call, a line each; none where nobody had. */
export function policyWords({ question: { policy } }: Grounds): readonly string[] {
  if (!policy) return [];
  const { arm, given, rules } = policy;
  const filled = new Map<string, string[]>();
  for (const [field, source] of Object.entries(given)) filled.set(source, [...(filled.get(source) ?? []), field]);
  return [
    ...(arm ? [`policy ${arm.policy}: in the arm ${arm.name}`] : []),
    ...[...filled].map(([source, fields]) => `${source}: said ${fields.join(', ')}, which the request left open`),
    ...rules.map(({ source, ...rule }) => `${source}: holds to ${JSON.stringify(rule)}`),
  ];
}

const percentileWords = ({ p50, p75, p90, p99 }: Percentiles): string =>
  `p50 ${p50}, p75 ${p75}, p90 ${p90}, p99 ${p99}`;
