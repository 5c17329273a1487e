import type { ProviderPreferences } from '../call/call.ts';
import type { OperationId } from '../call/operation.ts';
import type { Parameter } from '../call/parameters.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Modality, Tier } from '../catalog/model.ts';
import type { UnitMeter } from '../catalog/units.ts';
import type { HealthView } from './health.ts';
import type { OwnKey } from './own-key.ts';
import type { Policy } from './policy.ts';
import type { Routed, RoutingAsk } from './routing.ts';

/** Everything the router may know. The plan is a pure function of it. */
export type Question = {
  readonly catalog: Catalog;
  readonly operation: OperationId;
  /** The models in the caller's order, as written. */
  readonly models: readonly string[];
  /** The caller's, and what others filled in where the caller left something open. */
  readonly preferences: ProviderPreferences;
  /** What others than the caller have laid down; absent = nothing. */
  readonly policy?: Policy;
  /** The tier asked for by parameter, if it is one that endpoints stand for. */
  readonly tier: Tier | null;
  readonly parameters: readonly Parameter[];
  readonly inputModalities: readonly Modality[];
  readonly outputModalities: readonly Modality[];
  /** Tokens of the longest text that must fit into a context window by itself. */
  readonly promptTokens: number;
  /** What the call consumes, where that is more than its prompt and what is written. */
  readonly expected?: Expected;
  readonly maxOutputTokens: number | null;
  readonly usesTools: boolean;
  /** What decides in which of a provider's dialects an endpoint is spoken to. */
  readonly asksReasoning: boolean;
  /** The dialect that the caller speaks, where it says more than the neutral call does. */
  readonly clientDialect: string | null;
  /** A conversation, a prompt that one can hold too, or a text that no conversation can have completed. */
  readonly completes: 'conversation' | 'prompt' | 'text';
  /** Providers that can be called now: a key or a base URL is present. */
  readonly enabled: ReadonlySet<string>;
  /** Keys at providers that the caller's account pays for itself, in their order. */
  readonly ownKeys?: readonly OwnKey[];
  readonly health: HealthView;
  /** The endpoint where the conversation has its prompt cached; null = nowhere that is known. */
  readonly home?: () => string | null;
  /** What a router model is told of the call, worked out where one is asked for. */
  readonly routing?: () => RoutingAsk;
  /** What router models chose when the question was first asked; they choose nothing anew then. */
  readonly routed?: readonly Routed[];
  /** One draw per random decision, taken from the world once, so that a plan can be replayed. */
  readonly seed: number;
};

/** What a call is expected to consume: what endpoints are compared by that have different kinds of prices. */
export type Expected = {
  /** Tokens of everything that is sent. */
  readonly promptTokens: number;
  readonly pieces: { readonly [M in UnitMeter]?: number };
};
