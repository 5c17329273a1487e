import type { Model } from './model.ts';

/**
 * Other spellings → model id. What an operator or the shipped data names explicitly wins; then models' own names, bare
 * or with dashes for dots; then the ids that direct hosts use. A spelling that could mean two models means none.
 */
export function buildAliases(
  models: ReadonlyMap<string, Model>,
  named: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const real = [...models.values()].filter((model) => !model.sandbox);
  const own = unambiguous(real.flatMap((model) => spellings(model).map((spelling) => [spelling, model.id] as const)));
  const upstream = unambiguous(
    real
      .filter((model) => !model.slug.includes(':'))
      .flatMap((model) => directIds(model).map((spelling) => [spelling, model.id] as const)),
  );
  const aliases = new Map([...upstream, ...own, ...named]);
  for (const id of models.keys()) aliases.delete(id);
  return aliases;
}

const spellings = (model: Model): string[] =>
  [model.slug, model.id].flatMap((name) => [name, name.replaceAll('.', '-'), name.toLowerCase()]);

const directIds = (model: Model): string[] =>
  model.endpoints.filter(({ provider }) => !provider.reseller).map(({ upstreamId }) => upstreamId);

function unambiguous(pairs: readonly (readonly [spelling: string, id: string])[]): Map<string, string> {
  const meanings = new Map<string, string>();
  const several = new Set<string>();
  for (const [spelling, id] of pairs) {
    if ((meanings.get(spelling) ?? id) !== id) several.add(spelling);
    meanings.set(spelling, id);
  }
  for (const spelling of several) meanings.delete(spelling);
  return meanings;
}
