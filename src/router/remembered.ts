import type { Endpoint, Model } from '../catalog/model.ts';
import type { Rejection } from '../facts/plan.ts';
import type { Question } from '../facts/question.ts';
import type { HardFilter, SoftFilter } from './filter.ts';
import { FILTERS, SOFT_FILTERS } from './filters.ts';
import type { ResolvedModel } from './resolve.ts';

/** What the filters left of a model's endpoints for a question, and why they removed the others. */
export type Eligible = { readonly left: readonly Endpoint[]; readonly rejected: readonly Rejection[] };

/** What a question asks of endpoints, as far as the filters and the choice of a form see it. */
type Asked = readonly unknown[];
type Remembered = { readonly asked: Asked; readonly found: Eligible };

/** So many kinds of questions are remembered of each model. */
const KINDS_MAX = 4;
const known = new WeakMap<Model, readonly Remembered[]>();
const NO_KINDS: readonly Remembered[] = [];
const shortest = new WeakMap<Model, number>();

/** Preferences that no filter reads. */
const UNFILTERED: ReadonlySet<string> = new Set(['sort', 'preferred_min_throughput', 'preferred_max_latency']);

/**
 * What `find` gives, found anew only where an earlier question about the same model asked something else: most calls ask
 * for the same and differ in their prompts. A prompt counts as long only where it is longer than some endpoint's context.
 * Questions with preferences that filter, policies, tiers or keys of their own are always worked out.
 */
export function remembered(named: ResolvedModel, question: Question, find: () => Eligible): Eligible {
  const { model } = named;
  if (!isOrdinary(question) || question.promptTokens > shortestOf(model)) return find();
  askIn(asking, question, named);
  const kinds = known.get(model) ?? NO_KINDS;
  for (const kind of kinds) if (isSame(kind.asked, asking)) return kind.found;
  const asked = [...asking];
  const found = find();
  known.set(model, [{ asked, found }, ...kinds.slice(0, KINDS_MAX - 1)]);
  return found;
}

function isOrdinary({ preferences, policy, ownKeys, tier }: Question): boolean {
  if (policy || ownKeys?.length || tier !== null) return false;
  for (const name in preferences) if (!UNFILTERED.has(name)) return false;
  return true;
}

/** The shortest context of all that may stand for an endpoint of the model. */
function shortestOf(model: Model): number {
  let least = shortest.get(model);
  if (least !== undefined) return least;
  least = Math.min(...model.endpoints.flatMap(alternatives).map(({ context }) => context));
  shortest.set(model, least);
  return least;
}

const alternatives = (endpoint: Endpoint): readonly Endpoint[] => [
  ...[endpoint, ...endpoint.others].flatMap((one) => [one, ...one.forms.map((form) => form.endpoint)]),
];

/** What the question asks, read into a list that all questions share: it is looked at and forgotten. */
const asking: unknown[] = [];

function askIn(asked: unknown[], question: Question, named: ResolvedModel): void {
  const { usesTools, asksReasoning, completes, clientDialect, parameters } = question;
  asked.length = 0;
  asked.push(named.tier, named.free, usesTools, asksReasoning, completes, clientDialect, parameters);
  for (const filter of FILTERS as readonly HardFilter[]) asked.push(readingOf(filter, question, named));
  for (const filter of SOFT_FILTERS as readonly SoftFilter[]) asked.push(filter.read(question, named));
}

/** What reads the whole question looks at what is ordinary, or among these, and the prompt is short. */
function readingOf(filter: HardFilter, question: Question, named: ResolvedModel): unknown {
  const wanted = filter.step === 'context_length' ? null : filter.read(question, named);
  return wanted === question ? null : wanted;
}

function isSame(some: Asked, others: Asked): boolean {
  for (let at = 0; at < some.length; at++) {
    const one = some[at];
    const other = others[at];
    if (one !== other && !(Array.isArray(one) && Array.isArray(other) && isSame(one, other))) return false;
  }
  return some.length === others.length;
}
