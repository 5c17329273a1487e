import { type Fault, fault } from '../base/fault.ts';
import { withoutPaths } from '../base/redact.ts';
import type { WireError } from '../base/world.ts';
import type { Target } from '../facts/target.ts';

/** As much of an exchange as its faults tell about. */
type Failing = {
  readonly setup: { readonly target: Target };
  readonly status: number | null;
  readonly headersAt: number | null;
  readonly contentAt: number | null;
};

const nameOf = ({ setup }: Failing): string => setup.target.endpoint.provider.name;
const upstreamOf = ({ setup, status }: Failing) => ({
  upstream: { provider: setup.target.endpoint.provider.name, ...(status !== null && { status }) },
});

/** The same fault, naming the provider: what a dialect finds in the middle of an answer does not know it. */
export function named(failing: Failing, value: Fault): Fault {
  const isTheirs = value.code.startsWith('upstream_') || value.upstream !== undefined;
  if (!isTheirs || value.upstream?.provider !== undefined) return value;
  return { ...value, upstream: { ...upstreamOf(failing).upstream, ...value.upstream } };
}

/** A deadline passed before the first content, or the whole answer took too long. */
export function tooSlow(failing: Failing, ms: number): Fault {
  const early = failing.headersAt === null ? 'did not answer' : 'sent no content';
  const what = failing.contentAt === null ? early : 'did not finish its answer';
  return fault('upstream_timeout', `${nameOf(failing)} ${what} within ${ms} ms.`, upstreamOf(failing));
}

export const silent = (failing: Failing, ms: number): Fault =>
  fault('upstream_timeout', `${nameOf(failing)} fell silent in mid-answer for ${ms} ms.`, upstreamOf(failing));

/** It has cost callers before this one seconds each, and is not asked again before its time. */
export const resting = (provider: string, againInMs: number): Fault =>
  fault(
    'upstream_overloaded',
    `${provider} has not been answering; it is asked again in ${Math.ceil(againInMs / 1_000)} s.`,
    { upstream: { provider }, retryAfterMs: againInMs },
  );

/** The account's own key was refused lately: the host is not asked with it again before its time. */
export const ownKeyRests = (provider: string, againInMs: number): Fault =>
  fault(
    'upstream_authentication',
    `${provider} has refused your own key; it is tried again in ${Math.ceil(againInMs / 1_000)} s.`,
    { upstream: { provider } },
  );

/** What was to continue an answer cannot be joined to it. */
export const anew = (provider: string): Fault =>
  fault('upstream_malformed', `${provider} began the answer anew instead of going on with it.`, {
    upstream: { provider },
  });

export const truncated = (failing: Failing, what: string): Fault =>
  fault('upstream_truncated', `${nameOf(failing)} ${what}.`, upstreamOf(failing));

/** So long whoever is told that this machine is full should stay away. */
const FULL_MS = 5_000;

export const exhausted = (why: string): Fault =>
  fault('overloaded', `The gateway is overloaded: ${why}.`, { retryAfterMs: FULL_MS });

export function ofWire(failing: Failing, error: WireError): Fault {
  const name = nameOf(failing);
  if (error.kind === 'exhausted') return exhausted(error.message);
  if (error.kind === 'malformed')
    return fault('upstream_malformed', `${name} sent what cannot be read: ${error.message}`, upstreamOf(failing));
  if (failing.status !== null) return truncated(failing, 'broke off its answer');
  const what = error.kind === 'reset' ? 'closed the connection without an answer' : 'could not be reached';
  return fault('upstream_unreachable', `${name} ${what}: ${error.message}`, upstreamOf(failing));
}

/** What it was is for whoever runs the gateway: an error's own words may name files of this machine. */
export const bug = (cause: unknown): Fault =>
  fault(
    'server',
    `The gateway met an error of its own: ${cause instanceof Error ? withoutPaths(cause.message).slice(0, 200) : 'unknown'}`,
  );
