import type {
  AppRecord,
  Dimension,
  InsightsStore,
  RollUp,
  RollUpQuestion,
  RollUpRow,
  Sums,
} from '../../src/insights/store.ts';

const MEASURES = [
  'requests',
  'errors',
  'promptTokens',
  'completionTokens',
  'reasoningTokens',
  'cachedTokens',
  'cost',
  'byokCost',
  'latencyMs',
] as const satisfies readonly (keyof Sums)[];

/** An insights store over a list in memory: the port, answered the slow and obvious way. */
export function storeOf(rollUps: readonly RollUp[], apps: readonly AppRecord[]): InsightsStore {
  return {
    apps: async (ids) => apps.filter((app) => ids.includes(app.id)),
    sums: async <D extends Dimension>({ from, to, by, where, top }: RollUpQuestion<D>) => {
      const groups = new Map<string, { [name: string]: string | bigint }>();
      for (const row of rollUps) {
        if (row.day < from || row.day > to) continue;
        if (by.includes('app' as D) && row.app === '') continue;
        if (Object.entries(where ?? {}).some(([name, value]) => row[name as Dimension] !== value)) continue;
        const key = by.map((name) => row[name]).join('\n');
        const group = groups.get(key) ?? Object.fromEntries(by.map((name) => [name, row[name]]));
        for (const measure of MEASURES) group[measure] = BigInt(group[measure] ?? 0n) + row[measure];
        groups.set(key, group);
      }
      const tokens = (row: Sums): bigint => row.promptTokens + row.completionTokens;
      const rows = [...groups.values()] as unknown as RollUpRow<D>[];
      return rows.sort((a, b) => Number(tokens(b) - tokens(a))).slice(0, top);
    },
  };
}

/** One day's sum with everything but what matters left at rest. */
export function rollUp(of: Pick<RollUp, 'day' | 'model' | 'endpoint'> & Partial<RollUp>): RollUp {
  const none = {
    requests: 1n,
    errors: 0n,
    promptTokens: 0n,
    completionTokens: 0n,
    reasoningTokens: 0n,
    cachedTokens: 0n,
  };
  return {
    provider: '',
    app: '',
    keyId: 'key',
    workspaceId: 'w',
    ...none,
    cost: 0n,
    byokCost: 0n,
    latencyMs: 0n,
    ...of,
  };
}
