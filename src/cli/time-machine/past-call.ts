import type { ProviderPreferences } from '../../call/call.ts';
import type { Usage } from '../../call/usage.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Attempt } from '../../facts/attempt.ts';
import type { Grounds } from '../../facts/grounds.ts';
import type { Receipt } from '../../facts/receipt.ts';
import { groundsFrom } from '../../router/grounds-text.ts';

/** A call of the past, or one that is made up, as far as it can be routed again. */
export type PastCall = {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly keyId: string;
  readonly workspaceId: string;
  readonly user: string | null;
  readonly sessionId: string | null;
  readonly seed: number;
  readonly streamed: boolean;
  readonly usage: Usage;
  /** What its request asked by itself, without what policies had laid down then. */
  readonly question: Grounds['question'];
  /** Where it went, and whether that had its prompt cached; null = it is made up. */
  readonly endpoint: string | null;
  readonly attempts: readonly Pick<
    Attempt,
    'endpoint' | 'fault' | 'firstContentMs' | 'totalMs' | 'startedAt' | 'outcome'
  >[];
};

/** Null = its receipt does not say enough: nothing was answered, or what its plan rested on is not kept. */
export function pastCallOf(receipt: Receipt, catalog: Catalog): PastCall | null {
  const { grounds: text, usage, state } = receipt;
  if (text === undefined || receipt.shadowOf !== undefined || receipt.cachedFrom !== undefined) return null;
  if (state === 'interrupted') return null;
  const grounds = groundsFrom(text, receipt);
  if (!grounds) return null;
  const question = withoutPolicy(grounds.question, receipt.requestedModel);
  if (!question.models.some((name) => catalog.models.has(name) || catalog.aliases.has(name) || name.includes(':')))
    return null;
  const { createdAt: at, keyId, workspaceId, user, sessionId, seed, streamed, endpoint, attempts } = receipt;
  return { at, keyId, workspaceId, user, sessionId, seed, streamed, usage, question, endpoint, attempts };
}

/** What the request said itself: models and preferences that somebody else had filled in are taken out again. */
function withoutPolicy(question: Grounds['question'], requestedModel: string): Grounds['question'] {
  const { policy, ...asked } = question;
  if (!policy) return question;
  const { models: ofOthers, ...given } = policy.given;
  const preferences = Object.fromEntries(
    Object.entries(asked.preferences).filter(([field]) => given[field as keyof ProviderPreferences] === undefined),
  );
  const from = Math.max(0, asked.models.indexOf(requestedModel));
  const models = ofOthers === undefined ? asked.models.slice(from) : [requestedModel];
  // What guardrails hold to is no policy of a file, and holds in any case.
  const rules = policy.rules.filter(({ source }) => !source.startsWith('policy '));
  return { ...asked, preferences, models, ...(rules.length > 0 && { policy: { rules, given: {} } }) };
}
