import { usdNumber } from '../../base/money.ts';
import { completionTokens, promptTokens } from '../../call/usage.ts';
import type { Receipt } from '../../facts/receipt.ts';
import { spansOf, type Visible } from '../otlp/span.ts';

/** The ids by which a call's trace is known everywhere else, too. */
const traceOf = (receipt: Receipt, visible: Visible) => {
  const [span] = spansOf(receipt, visible);
  return { traceId: span?.traceId ?? '', spanId: span?.spanId ?? '' };
};
const isFailed = ({ state, fault }: Receipt): boolean => state === 'failed' || fault !== null;

/**
 * A call as an event of PostHog's AI products (posthog.com/docs/llm-analytics/manual-capture and
 * posthog.com/docs/api/capture, read 2026-11-29). What comes twice has the same span id.
 */
export function posthogBatch(apiKey: string, receipts: readonly Receipt[], visible: Visible): string {
  const batch = receipts.map((receipt) => {
    const { traceId, spanId } = traceOf(receipt, visible);
    const { usage, bill } = receipt;
    const properties = {
      $ai_trace_id: traceId,
      $ai_span_id: spanId,
      $ai_session_id: receipt.sessionId ?? undefined,
      $ai_model: receipt.model ?? receipt.requestedModel,
      $ai_provider: receipt.provider,
      $ai_input_tokens: promptTokens(usage),
      $ai_output_tokens: completionTokens(usage),
      $ai_latency: receipt.totalMs / 1_000,
      $ai_total_cost_usd: usdNumber(bill.cost),
      ...(visible.cost && {
        $ai_input_cost_usd: usdNumber(bill.inputCost),
        $ai_output_cost_usd: usdNumber(bill.outputCost),
      }),
      $ai_is_error: isFailed(receipt),
      ...(receipt.fault && { $ai_error: receipt.fault.code }),
      $ai_stream: receipt.streamed,
      ...(receipt.firstContentMs !== null && { $ai_time_to_first_token: receipt.firstContentMs / 1_000 }),
      generation_id: receipt.id,
      ...(visible.identity && { key: receipt.keyId, workspace: receipt.workspaceId }),
      ...(visible.requestContext && { app: receipt.app?.title, dialect: receipt.clientDialect }),
      // Whoever is not named is nobody's person there.
      ...(receipt.user === null && { $process_person_profile: false }),
    };
    return {
      event: '$ai_generation',
      distinct_id: receipt.user ?? traceId,
      timestamp: new Date(receipt.createdAt).toISOString(),
      properties,
    };
  });
  return JSON.stringify({ api_key: apiKey, batch });
}

/** Calls as rows of ClickHouse's format JSONEachRow, for the table of docs/clickhouse.md: one object a line. */
export const clickhouseRows = (receipts: readonly Receipt[], visible: Visible): string =>
  receipts
    .map((receipt) => {
      const { usage, bill } = receipt;
      return JSON.stringify({
        id: receipt.id,
        trace_id: traceOf(receipt, visible).traceId,
        created_at: new Date(receipt.createdAt).toISOString(),
        operation: receipt.operation,
        requested_model: receipt.requestedModel,
        model: receipt.model ?? '',
        provider: receipt.provider ?? '',
        state: receipt.state,
        finish_reason: receipt.finish ?? '',
        error: receipt.fault?.code ?? '',
        streamed: receipt.streamed,
        prompt_tokens: promptTokens(usage),
        completion_tokens: completionTokens(usage),
        total_ms: receipt.totalMs,
        first_content_ms: receipt.firstContentMs,
        cost_usd: usdNumber(bill.cost),
        session_id: receipt.sessionId ?? '',
        user: receipt.user ?? '',
        ...(visible.cost && {
          input_cost_usd: usdNumber(bill.inputCost),
          output_cost_usd: usdNumber(bill.outputCost),
        }),
        ...(visible.identity && { key: receipt.keyId, workspace: receipt.workspaceId }),
        ...(visible.requestContext && { app: receipt.app?.title ?? '', dialect: receipt.clientDialect }),
      });
    })
    .join('\n');
