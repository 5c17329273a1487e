import type { Catalog } from '../../catalog/catalog.ts';
import type { Category, Model } from '../../catalog/model.ts';
import type { Task } from '../../facts/routing.ts';

/** How good a model is thought to be, each from 0 to 1 among those of its catalogue. */
export type Strength = {
  readonly general: number;
  readonly coding: number;
  /** The share of the models with published coding scores that it reaches; null = it has none. */
  readonly codingRank: number | null;
  /** US dollars per million prompt tokens at the cheapest host. */
  readonly price: number;
};

/** Benchmarks of programming by their names in the catalogue; the others count in general only. */
const CODING = /aider|swe-?(?:bench|atlas)|coding|livecodebench|terminal-bench|scicode/i;
/** A score tells something where so many models have been measured alike. */
const FIELD_MIN = 8;
/** What is published outweighs a guess where there are more than so many scores. */
const GUESS_WEIGHT = 2;

const kept = new WeakMap<Catalog, ReadonlyMap<string, Strength>>();

/**
 * The strength of every model, worked out once for each catalogue: where its scores stand among those of others measured
 * alike, and, as far as there are none, a guess: newer is better, and dearer is better.
 */
export function strengthsOf(catalog: Catalog): ReadonlyMap<string, Strength> {
  let strengths = kept.get(catalog);
  if (!strengths) {
    strengths = measure([...catalog.models.values()].filter((model) => !model.router && !model.sandbox));
    kept.set(catalog, strengths);
  }
  return strengths;
}

function measure(models: readonly Model[]): Map<string, Strength> {
  const shares = benchmarkShares(models);
  const age = shareOf(models.map(({ created }) => created));
  const price = shareOf(models.map((model) => leastOf(model, 'output')));
  const codingOf = (model: Model): readonly number[] =>
    (shares.get(model.id) ?? []).filter(({ isCoding }) => isCoding).map(({ share }) => share);
  const codingMeans = models.flatMap((model) => (codingOf(model).length > 0 ? [mean(codingOf(model))] : []));
  const rank = shareOf(codingMeans);
  return new Map(
    models.map((model) => {
      const guess = (age(model.created) + price(leastOf(model, 'output'))) / 2;
      const all = (shares.get(model.id) ?? []).map(({ share }) => share);
      const coding = codingOf(model);
      const strength: Strength = {
        general: blend(all, guess),
        coding: blend(coding, guess),
        codingRank: coding.length > 0 ? rank(mean(coding)) : null,
        price: leastOf(model, 'input') / 1e6,
      };
      return [model.id, strength];
    }),
  );
}

type BenchmarkShare = { readonly share: number; readonly isCoding: boolean };

/** Where each model stands in each of its benchmarks that enough others have. */
function benchmarkShares(models: readonly Model[]): Map<string, BenchmarkShare[]> {
  const scores = new Map<string, { readonly id: string; readonly score: number }[]>();
  for (const { id, benchmarks } of models)
    for (const { name, score } of benchmarks) scores.set(name, [...(scores.get(name) ?? []), { id, score }]);
  const shares = new Map<string, BenchmarkShare[]>();
  for (const [name, field] of scores) {
    if (field.length < FIELD_MIN) continue;
    const share = shareOf(field.map(({ score }) => score));
    for (const { id, score } of field)
      shares.set(id, [...(shares.get(id) ?? []), { share: share(score), isCoding: CODING.test(name) }]);
  }
  return shares;
}

/** The price of what is read or written at the cheapest host, in pico-dollars. */
function leastOf({ endpoints }: Model, kind: 'input' | 'output'): number {
  let least = Number.POSITIVE_INFINITY;
  for (const { price, tier } of endpoints) if (tier === null) least = Math.min(least, Number(price[kind]));
  return Number.isFinite(least) ? least : 0;
}

/** The share of all values that lie below one: 0 = the least, 1 = the most. */
function shareOf(values: readonly number[]): (value: number) => number {
  const sorted = [...values].sort((a, b) => a - b);
  return (value) => {
    if (sorted.length < 2) return 1;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return Math.min(1, low / (sorted.length - 1));
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const blend = (measured: readonly number[], guess: number): number =>
  (measured.reduce((sum, value) => sum + value, 0) + GUESS_WEIGHT * guess) / (measured.length + GUESS_WEIGHT);

/** The uses that models are listed under, by the tasks that they help with. */
const CATEGORY_OF: { readonly [task in Task]?: Category } = {
  code: 'programming',
  agent: 'programming',
  translation: 'translation',
  roleplay: 'roleplay',
};
/** What its makers say that a model is for, and what it is not for then. */
const MADE_FOR = 0.1;
const NOT_MADE_FOR = 0.3;
const THINKS = 0.1;
const MUST_THINK = 0.05;

/** How well a model is thought to do at a task: its strength, and what its makers say of it. */
export function fitness(model: Model, strength: Strength | undefined, task: Task): number {
  const { general = 0, coding = 0 } = strength ?? {};
  let value = task === 'code' || task === 'agent' ? coding : general;
  const category = CATEGORY_OF[task];
  if (category && model.categories.includes(category)) value += MADE_FOR;
  else if (model.categories.length > 0) value -= NOT_MADE_FOR;
  if (task === 'maths' && model.reasoning) value += THINKS;
  else if (model.reasoning?.mandatory && (task === 'chat' || task === 'translation' || task === 'extraction'))
    value -= MUST_THINK;
  return value;
}
