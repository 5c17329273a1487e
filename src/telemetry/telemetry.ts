import type { GuardEvent } from '../facts/policy.ts';
import type { Receipt } from '../facts/receipt.ts';
import { CALL_FAMILIES, type CallMetrics, openCallMetrics } from './call-metrics.ts';
import { exposition } from './exposition.ts';
import { type MetricFamily, mergeSnapshots, openSeries, SEPARATOR, type Snapshot } from './family.ts';
import { PROCESS_FAMILIES, type ProcessFigures, processSnapshot } from './process-metrics.ts';
import { callLine, type LineWriter, type RefusedCall, refusalLine } from './request-log.ts';

const REFUSALS: MetricFamily = {
  name: 'switchwright_refusals_total',
  help: 'Requests for inference that were refused before they became calls, by the code of the fault.',
  type: 'counter',
  labels: ['dialect', 'code'],
};
const GUARDED: MetricFamily = {
  name: 'switchwright_guardrail_events_total',
  help: 'What rules of guardrails found in prompts and answers, by what they look for (custom: a pattern of an account) and what they did.',
  type: 'counter',
  labels: ['where', 'action', 'kind'],
};
const LOST_LINES: MetricFamily = {
  name: 'switchwright_request_log_lost_total',
  help: 'Lines of the request log that nobody took in time.',
  type: 'counter',
  labels: [],
};

/** Every metric there is, in the order in which they are shown. */
export const FAMILIES: readonly MetricFamily[] = [...CALL_FAMILIES, REFUSALS, GUARDED, LOST_LINES, ...PROCESS_FAMILIES];

/** What is told of calls to whoever looks from outside. Nothing of it waits, fails or is stored. */
export type Telemetry = {
  /** A call has ended, and its receipt is stored. */
  readonly ended: (receipt: Receipt) => void;
  readonly refused: (refusal: RefusedCall) => void;
  /** What this process has counted. */
  readonly snapshot: () => Snapshot;
};

/** The parts of the process that its telemetry reads. */
export type TelemetryParts = {
  readonly figures: () => ProcessFigures;
  /** Null = no request log. */
  readonly lines: LineWriter | null;
};

export function openTelemetry({ figures, lines }: TelemetryParts): Telemetry {
  const calls: CallMetrics = openCallMetrics();
  const refusals = openSeries(REFUSALS);
  const guarded = openSeries(GUARDED);
  const countGuarded = (events: readonly GuardEvent[]): void => {
    for (const { where, action, kind, count } of events) guarded.add([where, action, kind].join(SEPARATOR), count);
  };
  return {
    ended: (receipt) => {
      calls.count(receipt);
      if (receipt.guarded) countGuarded(receipt.guarded);
      lines?.write(callLine(receipt));
    },
    refused: (refusal) => {
      refusals.add((refusal.clientDialect ?? '') + SEPARATOR + refusal.fault.code);
      if (refusal.guarded) countGuarded(refusal.guarded);
      lines?.write(refusalLine(refusal));
    },
    snapshot: () => ({
      ...calls.snapshot(),
      [REFUSALS.name]: refusals.figures(),
      [GUARDED.name]: guarded.figures(),
      [LOST_LINES.name]: { '': [lines?.lost() ?? 0] },
      ...processSnapshot(figures()),
    }),
  };
}

/** The figures of all processes as Prometheus reads them. */
export const metricsText = (snapshots: readonly Snapshot[]): string => exposition(FAMILIES, mergeSnapshots(snapshots));

/** Nobody looks. */
export const NO_TELEMETRY: Telemetry = { ended: () => {}, refused: () => {}, snapshot: () => ({}) };
