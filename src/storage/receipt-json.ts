import type { Json } from '../base/json.ts';
import { nano } from '../base/money.ts';
import type { Bill } from '../call/event.ts';
import { NO_USAGE, type Usage } from '../call/usage.ts';
import type { Attempt } from '../facts/attempt.ts';
import type { Continued, Hedged, Leg, Receipt } from '../facts/receipt.ts';

type BillText = {
  readonly [member in keyof Bill]?: (Bill[member] extends boolean ? boolean : string | null) | undefined;
};
type StoredLeg = Omit<Leg, 'cost' | 'usage'> & { readonly cost?: string; readonly usage?: Partial<Usage> };
type Stored = Omit<Receipt, 'bill' | 'usage' | 'attempts' | 'continued' | 'hedged' | 'legs' | 'grounds'> & {
  readonly hedged?: Omit<Hedged, 'cost'> & { readonly cost: string };
  readonly legs?: readonly StoredLeg[];
  readonly grounds?: Json;
  readonly continued?: readonly (Omit<Continued, 'cost'> & { readonly cost: string })[];
  readonly bill: BillText;
  readonly usage: Partial<Receipt['usage']>;
  readonly attempts: readonly Attempt[];
};

/** What a receipt says unless it says otherwise: not written, so that a store of millions is half as large. */
const BLANK = {
  operation: 'chat',
  streamed: false,
  state: 'completed',
  model: null,
  endpoint: null,
  provider: null,
  finish: null,
  nativeFinish: null,
  serviceTier: null,
  losses: [],
  fault: null,
  firstContentMs: null,
  app: null,
  userAgent: null,
  user: null,
  sessionId: null,
} as const satisfies Partial<Receipt>;
/** The same of an attempt, beside that it was made where the call ended. */
const BLANK_ATTEMPT = {
  status: null,
  upstreamId: null,
  headersMs: null,
  firstContentMs: null,
  outcome: 'answered',
  fault: null,
  losses: [],
} as const satisfies Partial<Attempt>;

/** A receipt as text; money, which JSON has no integers for, as decimal strings of nano-dollars. */
export function receiptToText(receipt: Receipt): string {
  const { grounds } = receipt;
  const text = JSON.stringify(storedOf(receipt));
  // They are JSON already: as a text within a text they would have to be escaped.
  return grounds ? `${text.slice(0, -1)},"grounds":${grounds}}` : text;
}

/** What is as blank is left out, which is what JSON does with a member that is undefined. */
const unless = <T>(blank: T, value: T): T | undefined => (value === blank ? undefined : value);
const unlessEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);

/**
 * The members that are written, each by its name: objects of one shape are made and written several times faster than
 * ones that are filled member by member (measured 2026-11-29). A member that were forgotten would break the build.
 */
function storedOf(receipt: Receipt) {
  return {
    id: receipt.id,
    createdAt: receipt.createdAt,
    accountId: receipt.accountId,
    keyId: receipt.keyId,
    workspaceId: receipt.workspaceId,
    operation: unless(BLANK.operation, receipt.operation),
    clientDialect: receipt.clientDialect,
    requestedModel: receipt.requestedModel,
    model: unless(null, receipt.model),
    endpoint: unless(null, receipt.endpoint),
    provider: unless(null, receipt.provider),
    streamed: unless(false, receipt.streamed),
    state: unless(BLANK.state, receipt.state),
    finish: unless(null, receipt.finish),
    nativeFinish: unless(null, receipt.nativeFinish),
    serviceTier: unless(null, receipt.serviceTier),
    usage: storedUsageOf(receipt.usage),
    bill: billText(receipt.bill),
    attempts: receipt.attempts.map((attempt) => storedAttemptOf(attempt, receipt)),
    losses: unlessEmpty(receipt.losses),
    fault: unless(null, receipt.fault),
    continued: receipt.continued?.map((part) => ({ ...part, cost: part.cost.toString() })),
    hedged: receipt.hedged && { ...receipt.hedged, cost: receipt.hedged.cost.toString() },
    legs: receipt.legs?.map(storedLegOf),
    catalogVersion: receipt.catalogVersion,
    seed: receipt.seed,
    presetId: receipt.presetId,
    shadowOf: receipt.shadowOf,
    cachedFrom: receipt.cachedFrom,
    guarded: receipt.guarded,
    firstContentMs: unless(null, receipt.firstContentMs),
    totalMs: receipt.totalMs,
    app: unless(null, receipt.app),
    userAgent: unless(null, receipt.userAgent),
    user: unless(null, receipt.user),
    sessionId: unless(null, receipt.sessionId),
    trace: receipt.trace,
  } satisfies { readonly [member in Exclude<keyof Receipt, 'grounds'>]-?: unknown };
}

const storedLegOf = ({ cost, usage, ...leg }: Leg) => ({
  ...leg,
  cost: unlessFree(cost),
  ...(usage && { usage: storedUsageOf(usage) }),
});

const legOf = ({ cost, usage, ...leg }: StoredLeg): Leg => ({
  ...leg,
  cost: nano(BigInt(cost ?? 0)),
  ...(usage && { usage: { ...NO_USAGE, ...usage } }),
});

function storedUsageOf(usage: Usage) {
  return {
    input: unless(0, usage.input),
    inputCacheRead: unless(0, usage.inputCacheRead),
    inputCacheWrite: unless(0, usage.inputCacheWrite),
    inputCacheWrite1h: unless(0, usage.inputCacheWrite1h),
    inputAudio: unless(0, usage.inputAudio),
    inputAudioCacheRead: unless(0, usage.inputAudioCacheRead),
    inputImage: unless(0, usage.inputImage),
    inputVideo: unless(0, usage.inputVideo),
    output: unless(0, usage.output),
    outputReasoning: unless(0, usage.outputReasoning),
    outputAudio: unless(0, usage.outputAudio),
    outputImage: unless(0, usage.outputImage),
    outputVideo: unless(0, usage.outputVideo),
    images: unless(0, usage.images),
    outputImages: unless(0, usage.outputImages),
    inputSeconds: unless(0, usage.inputSeconds),
    outputSeconds: unless(0, usage.outputSeconds),
    outputVideos: unless(0, usage.outputVideos),
    inputCharacters: unless(0, usage.inputCharacters),
    searchUnits: unless(0, usage.searchUnits),
    webSearches: unless(0, usage.webSearches),
    source: unless(NO_USAGE.source, usage.source),
    acceptedPrediction: usage.acceptedPrediction,
    rejectedPrediction: usage.rejectedPrediction,
    compaction: usage.compaction,
    drawn: usage.drawn,
    filmed: usage.filmed,
    vendorCost: usage.vendorCost,
    serverTools: usage.serverTools,
  } satisfies { readonly [member in keyof Usage]-?: unknown };
}

/** An attempt, beside that it was made where the call ended. */
function storedAttemptOf(attempt: Attempt, place: Receipt) {
  const isPlaced = place.endpoint !== null && place.provider !== null && place.model !== null;
  return {
    endpoint: isPlaced ? unless(place.endpoint, attempt.endpoint) : attempt.endpoint,
    provider: isPlaced ? unless(place.provider, attempt.provider) : attempt.provider,
    model: isPlaced ? unless(place.model, attempt.model) : attempt.model,
    startedAt: attempt.startedAt,
    status: unless(null, attempt.status),
    upstreamId: unless(null, attempt.upstreamId),
    headersMs: unless(null, attempt.headersMs),
    firstContentMs: unless(null, attempt.firstContentMs),
    totalMs: attempt.totalMs,
    outcome: unless(BLANK_ATTEMPT.outcome, attempt.outcome),
    fault: unless(null, attempt.fault),
    losses: unlessEmpty(attempt.losses),
    key: attempt.key,
    byok: attempt.byok,
  } satisfies { readonly [member in keyof Attempt]-?: unknown };
}

/** Reads back what `receiptToText` wrote, now or in an earlier release, which wrote every member. */
export function receiptFromText(text: string): Receipt {
  const { continued, hedged, legs, grounds, ...stored }: Stored = { ...BLANK, ...JSON.parse(text) };
  const { cost, inputCost, outputCost, upstreamCost, isByok, serverToolCost } = stored.bill;
  const place = placeOf(stored);
  return {
    ...stored,
    ...(continued && { continued: continued.map((part) => ({ ...part, cost: nano(BigInt(part.cost)) })) }),
    ...(hedged && { hedged: { ...hedged, cost: nano(BigInt(hedged.cost)) } }),
    ...(legs && { legs: legs.map(legOf) }),
    ...(grounds !== undefined && { grounds: JSON.stringify(grounds) }),
    usage: { ...NO_USAGE, ...stored.usage },
    attempts: stored.attempts.map((attempt) => ({ ...BLANK_ATTEMPT, ...place, ...attempt })),
    bill: {
      cost: nano(BigInt(cost ?? 0)),
      inputCost: nano(BigInt(inputCost ?? 0)),
      outputCost: nano(BigInt(outputCost ?? 0)),
      upstreamCost: upstreamCost == null ? null : nano(BigInt(upstreamCost)),
      isByok: isByok === true,
      ...(serverToolCost != null && { serverToolCost: nano(BigInt(serverToolCost)) }),
    },
  };
}

const placeOf = ({ endpoint, provider, model }: Pick<Receipt, 'endpoint' | 'provider' | 'model'>) =>
  endpoint === null || provider === null || model === null ? {} : { endpoint, provider, model };

const billText = ({ cost, inputCost, outputCost, upstreamCost, isByok, serverToolCost }: Bill): BillText => ({
  cost: unlessFree(cost),
  inputCost: unlessFree(inputCost),
  outputCost: unlessFree(outputCost),
  upstreamCost: upstreamCost === null ? undefined : upstreamCost.toString(),
  isByok: unless(false, isByok),
  serverToolCost: serverToolCost?.toString(),
});

const unlessFree = (amount: bigint): string | undefined => (amount === 0n ? undefined : amount.toString());
