import type { Endpoint } from '../catalog/model.ts';
import { isFor, type OwnKey } from '../facts/own-key.ts';
import type { Question } from '../facts/question.ts';
import { isAbout } from '../facts/rule-reach.ts';
import type { OrderedEndpoint } from './order.ts';
import { keyReason } from './reason-code.ts';

/** Who may pay for a call at an endpoint: keys of the caller's own, in their order, and the operator. */
export type Payers = { readonly own: readonly OwnKey[]; readonly operator: boolean };

/** An endpoint in a plan, and whose key it is asked with. */
export type Paid = OrderedEndpoint & { readonly payer?: OwnKey };

/**
 * The account's own keys for an endpoint, and whether the operator's may be used beside them. Who demands that no prompt
 * is kept gets it by the provider's word, or by the account's for its own contract.
 */
export function payersAt(endpoint: Endpoint, question: Question): Payers {
  const { provider, modelId } = endpoint;
  const { ownKeys = [], enabled } = question;
  const { slug, policy } = provider;
  const isDenied = demandsZdr(endpoint, question) && !policy.perRequest;
  const isKept = isDenied && policy.retainsDays !== 0;
  const fitting = usableIn(question).filter((key) => isFor(key, slug, modelId));
  const own = fitting.filter(({ declaredZdr }) => !isDenied || (declaredZdr ?? !isKept));
  const isBarred = ownKeys.some(
    (key) => key.provider === slug && (key.isByokOnly || (key.isRequired && isFor(key, slug, modelId))),
  );
  return { own, operator: enabled.has(slug) && !isBarred && !isKept };
}

const NONE: readonly OwnKey[] = [];
/** A video's task is asked about for hours, by a job that has the operator's keys alone: no account's own may begin it. */
const usableIn = ({ operation, ownKeys = NONE }: Pick<Question, 'operation' | 'ownKeys'>): readonly OwnKey[] =>
  operation === 'videos' ? NONE : ownKeys;

/** Why nobody pays there; undefined = somebody does. */
export function unpaid(endpoint: Endpoint, question: Question): string | undefined {
  if (!question.ownKeys?.length) return undefined;
  const { own, operator } = payersAt(endpoint, question);
  if (operator || own.length > 0) return undefined;
  // What else stands against it is another filter's to tell.
  const isBarred = question.enabled.has(endpoint.provider.slug);
  return isBarred && !demandsZdr(endpoint, question)
    ? 'the account uses its own keys there and nothing else'
    : undefined;
}

/** Does the caller, or a rule, demand that no prompt is kept there? */
const demandsZdr = (endpoint: Endpoint, { preferences, policy }: Question): boolean =>
  preferences.zdr === true || (policy?.rules.some((rule) => rule.zdr && isAbout(rule, endpoint)) ?? false);

/** Has the account said that a key of its own for this endpoint keeps nothing? */
export const isDeclaredZdr = (
  { provider, modelId }: Endpoint,
  question: Pick<Question, 'operation' | 'ownKeys'>,
): boolean => usableIn(question).some((key) => key.declaredZdr === true && isFor(key, provider.slug, modelId));

export const hasOwnKey = ({ provider, modelId }: Endpoint, question: Question): boolean =>
  usableIn(question).some((key) => isFor(key, provider.slug, modelId));

/**
 * The same endpoints with who pays: first those where the account has a key of its own, whatever order was asked for,
 * then the operator's, at last the account's fallback keys (spec §3.7).
 */
export function withPayers(ordered: readonly OrderedEndpoint[], question: Question): readonly Paid[] {
  if (!question.ownKeys?.length) return ordered;
  const first: Paid[] = [];
  const operators: Paid[] = [];
  const last: Paid[] = [];
  for (const entry of ordered) {
    const { own, operator } = payersAt(entry.endpoint, question);
    for (const payer of own)
      (payer.isFallback ? last : first).push({ ...entry, reason: keyReason(entry.reason, payer.id), payer });
    if (operator) operators.push(entry);
  }
  return [...first, ...operators, ...last];
}
