import { createHash } from 'node:crypto';
import { usdNumber } from '../../base/money.ts';
import { completionTokens, promptTokens } from '../../call/usage.ts';
import type { Attempt } from '../../facts/attempt.ts';
import type { Receipt } from '../../facts/receipt.ts';
import { type Attribute, attributesOf } from './attribute.ts';

/** A span as OTLP's JSON writes it: ids in hexadecimal, times in nanoseconds since 1970 as decimal strings. */
export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: typeof SERVER | typeof CLIENT;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status: { readonly code?: typeof ERROR; readonly message?: string };
};
const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

/** What of a receipt goes out beside what was asked, answered, used and charged. */
export type Visible = {
  /** How the cost came about. */
  readonly cost: boolean;
  /** Whose key and workspace it was, and which program asked. */
  readonly identity: boolean;
  /** What the request said of itself: its app, its dialect. */
  readonly requestContext: boolean;
};

/**
 * A call as a trace: a span for itself, and below it one for each exchange with a provider. Attributes are those of the
 * GenAI conventions where they have a word (github.com/open-telemetry/semantic-conventions-genai, schema 1.42, read
 * 2026-11-29), else our own. Ids come from the receipt's, so that what is sent twice is the same span.
 */
export function spansOf(receipt: Receipt, visible: Visible): Span[] {
  const { trace } = receipt;
  const traceId = traceIdOf(receipt);
  const parentSpanId =
    trace?.parentId && /^(?!0{16})[\da-f]{16}$/i.test(trace.parentId) ? trace.parentId.toLowerCase() : null;
  const spanId = digest(`${receipt.id}/call`, 16);
  const begun = receipt.createdAt;
  const call: Span = {
    traceId,
    spanId,
    ...(parentSpanId !== null && { parentSpanId }),
    name: (trace?.spanName ?? `${receipt.operation} ${receipt.requestedModel}`).slice(0, NAME_MAX),
    kind: SERVER,
    startTimeUnixNano: nanoseconds(begun),
    endTimeUnixNano: nanoseconds(begun + receipt.totalMs),
    attributes: [...callAttributes(receipt), ...moreAttributes(receipt, visible)],
    status: statusOf(receipt),
  };
  return [call, ...receipt.attempts.map((attempt, at) => attemptSpan(receipt, attempt, { at, traceId, spanId }))];
}

const NAME_MAX = 200;

/** The caller's, where it is one; a word of the caller's own stands for one trace, whoever calls it so. */
function traceIdOf({ id, trace }: Receipt): string {
  if (!trace?.id) return digest(id, 32);
  return /^(?!0{32})[\da-f]{32}$/i.test(trace.id) ? trace.id.toLowerCase() : digest(trace.id, 32);
}

function callAttributes(receipt: Receipt): Attribute[] {
  const { usage, finish, fault } = receipt;
  return attributesOf({
    'gen_ai.operation.name': receipt.operation,
    'gen_ai.provider.name': receipt.provider,
    'gen_ai.request.model': receipt.requestedModel.slice(0, NAME_MAX),
    'gen_ai.response.model': receipt.model,
    'gen_ai.response.id': receipt.id,
    'gen_ai.response.finish_reasons': finish === null ? null : [finish],
    'gen_ai.conversation.id': receipt.sessionId,
    'gen_ai.usage.input_tokens': promptTokens(usage),
    'gen_ai.usage.output_tokens': completionTokens(usage),
    'gen_ai.usage.cache_read.input_tokens': usage.inputCacheRead + usage.inputAudioCacheRead,
    'gen_ai.usage.cache_creation.input_tokens': usage.inputCacheWrite + usage.inputCacheWrite1h,
    'gen_ai.usage.reasoning.output_tokens': usage.outputReasoning,
    // No word of the conventions, but what LLM backends read (Langfuse's property mapping, read 2026-11-29).
    'gen_ai.usage.cost': usdNumber(receipt.bill.cost),
    'user.id': receipt.user,
    'session.id': receipt.sessionId,
    'error.type': fault?.code,
    'switchwright.state': receipt.state,
    'switchwright.endpoint': receipt.endpoint,
    'switchwright.streamed': receipt.streamed,
    'switchwright.first_content_ms': receipt.firstContentMs,
    'switchwright.usage.source': usage.source,
    'switchwright.cached_from': receipt.cachedFrom,
    ...traceAttributes(receipt),
  });
}

/** As OpenRouter's broadcast names them (its guide, read 2026-11-29). */
const traceAttributes = ({ trace }: Receipt): { [key: string]: string | null } =>
  trace === undefined
    ? {}
    : {
        'trace.name': trace.name,
        ...Object.fromEntries(Object.entries(trace.metadata).map(([name, value]) => [`trace.metadata.${name}`, value])),
      };

function moreAttributes(receipt: Receipt, { cost, identity, requestContext }: Visible): Attribute[] {
  const { bill, app } = receipt;
  return attributesOf({
    ...(cost && {
      'switchwright.cost.input_usd': usdNumber(bill.inputCost),
      'switchwright.cost.output_usd': usdNumber(bill.outputCost),
      'switchwright.cost.upstream_usd': bill.upstreamCost === null ? null : usdNumber(bill.upstreamCost),
      'switchwright.cost.is_byok': bill.isByok,
    }),
    ...(identity && {
      'switchwright.key': receipt.keyId,
      'switchwright.workspace': receipt.workspaceId,
      'user_agent.original': receipt.userAgent,
    }),
    ...(requestContext && {
      'switchwright.app.title': app?.title,
      'switchwright.app.origin': app?.origin,
      'switchwright.dialect': receipt.clientDialect,
    }),
  });
}

type Place = { readonly at: number; readonly traceId: string; readonly spanId: string };

/** The first exchange begins with the call, as far as a receipt tells; the others as long after it as they did. */
function attemptSpan(receipt: Receipt, attempt: Attempt, { at, traceId, spanId }: Place): Span {
  const begun = receipt.createdAt + attempt.startedAt - (receipt.attempts[0]?.startedAt ?? attempt.startedAt);
  const { fault } = attempt;
  return {
    traceId,
    spanId: digest(`${receipt.id}/attempt/${at}`, 16),
    parentSpanId: spanId,
    name: `${receipt.operation} ${attempt.model} at ${attempt.provider}`.slice(0, NAME_MAX),
    kind: CLIENT,
    startTimeUnixNano: nanoseconds(begun),
    endTimeUnixNano: nanoseconds(begun + attempt.totalMs),
    // No `gen_ai.*` here: whoever sums up tokens or spans of models would count the call twice.
    attributes: attributesOf({
      'http.response.status_code': attempt.status,
      'error.type': fault?.code,
      'switchwright.endpoint': attempt.endpoint,
      'switchwright.provider': attempt.provider,
      'switchwright.upstream_id': attempt.upstreamId,
      'switchwright.outcome': attempt.outcome,
      'switchwright.headers_ms': attempt.headersMs,
      'switchwright.first_content_ms': attempt.firstContentMs,
    }),
    status: fault === null ? {} : { code: ERROR, message: fault.code },
  };
}

/** The code of a fault, not its words: those may quote what was asked. */
const statusOf = ({ state, fault }: Receipt): Span['status'] =>
  state === 'failed' || fault !== null ? { code: ERROR, message: fault?.code ?? state } : {};

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

const nanoseconds = (ms: number): string => (BigInt(Math.round(ms * 1_000)) * 1_000n).toString();
