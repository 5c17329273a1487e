import type { DialectId } from './dialect-table.ts';

/** How requests to a provider are signed. `env` names the customary variable; the value never enters the catalogue. */
export type Auth =
  | { readonly scheme: 'none' }
  | { readonly scheme: 'bearer'; readonly env: string; readonly optional?: boolean }
  /** The key goes into the named header as it is, or behind a word such as `Token `. */
  | { readonly scheme: 'header'; readonly name: string; readonly prefix?: string; readonly env: string }
  /** SigV4 from `AWS_ACCESS_KEY_ID` …, or a bearer key from `env` (`AWS_BEARER_TOKEN_BEDROCK`). */
  | { readonly scheme: 'aws-sigv4'; readonly service: string; readonly env: string }
  /** A Google service account or a person's sign-in: `env` holds its JSON or the path of its file. */
  | { readonly scheme: 'gcp'; readonly env: string };

/** What a provider's dialect departs from: parameters it refuses (`drop`), renames, and named quirks of that dialect. */
export type DialectSettings = {
  readonly id: DialectId;
  /** Replaces the provider's `base_url` for this dialect. */
  readonly baseUrl?: string;
  /** Replaces the dialect's path; `{model}` is the endpoint's upstream id. */
  readonly path?: string;
  /** Request fields, in the dialect's own words, that this provider refuses: left out, and listed as losses. */
  readonly drop: readonly string[];
  /** Request fields under another name: from the dialect's word to the provider's. */
  readonly rename: { readonly [field: string]: string };
  readonly quirks: readonly string[];
  /** Headers sent with every request (`anthropic-version` and the like belong to the dialect, not here). */
  readonly headers: { readonly [name: string]: string };
  /** Which calls of endpoints that speak another dialect of the provider go in this one. */
  readonly takes: readonly TakingRule[];
};

/**
 * What can be said of a call when its wire format is chosen: it offers tools, it asks for reasoning, it completes a text
 * in a way that no chat can (`text`), or its caller speaks this very dialect (`own`), so that nothing of it need be
 * translated.
 */
export const CALL_KINDS = ['tools', 'reasoning', 'text', 'own'] as const;
/** A kind of call that a provider's second wire format may be meant for. */
export type CallKind = (typeof CALL_KINDS)[number];

/** Which calls go to a provider in this wire format instead of its first. */
export type TakingRule = {
  /** One of these is enough. */
  readonly calls: readonly CallKind[];
  /** Patterns of upstream ids: `*` is any run of characters, a leading `!` takes away what the others gave. */
  readonly models: readonly string[];
  /** Must, since the endpoint's own dialect would be refused; otherwise only where no parameter gets lost by it. */
  readonly must: boolean;
};

/** What a provider states of the treatment of its callers' data. */
export type DataPolicy = {
  /** True unless the provider is known not to: silence counts as consent to nothing. */
  readonly trainsOnData: boolean;
  /** Whether `trainsOnData` is what the provider says, or only our caution. */
  readonly trainingStated?: boolean;
  /** Days that prompts are kept; null = not stated. 0 = zero retention. */
  readonly retainsDays: number | null;
  /** It picks hosts itself and takes `provider.data_collection` and `provider.zdr` with each request, as OpenRouter does. */
  readonly perRequest?: boolean;
  readonly privacyUrl?: string;
  readonly termsUrl?: string;
  readonly statusUrl?: string;
  readonly headquarters?: string;
  readonly datacenters?: readonly string[];
};

/** A host of models: its address, its keys, its wire formats and its policies. */
export type Provider = {
  /** OpenRouter's slug: the file's name. */
  readonly slug: string;
  readonly name: string;
  /** Version part included, no trailing slash; may contain `${VARIABLE}`s that the operator's environment fills. */
  readonly baseUrl: string;
  readonly auth: Auth;
  readonly docs: string;
  /** The day on which `docs` was read. */
  readonly docsRead?: string;
  readonly policy: DataPolicy;
  /** The first one is the default of its endpoints. */
  readonly dialects: readonly DialectSettings[];
  /** Sells others' endpoints (another gateway): ranked after direct hosts. */
  readonly reseller: boolean;
  /** A path below the base URL that answers only to a good key, for `doctor`; `/models` where none is named. */
  readonly keyCheck?: string;
  /** Answers for any model id below its own name (`ollama/…`): a server on this machine, asked at start. */
  readonly local: boolean;
  /** Where else such a server is looked for when nothing answers at its base URL: the default ports of other releases. */
  readonly alsoAt?: readonly string[];
  /** What every model of it costs beside its own prices, in dollars a search; a model's own file wins. */
  readonly price?: { readonly web_search?: string | undefined };
  /** Goes on billing after the client hangs up (spec §2.3). */
  readonly billsAfterCancel: boolean;
  /** Base URLs as its file writes them, by what they are in this environment; absent where they have no variables. */
  readonly writtenUrls?: ReadonlyMap<string, string>;
};
