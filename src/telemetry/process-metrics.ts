import type { MetricFamily, Snapshot } from './family.ts';

/** What a process is asked about itself when its figures are read; nothing of it is counted on the way of a call. */
export type ProcessFigures = {
  /** CPU of the whole process, its threads included, in seconds. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** So long the event loop was not idle, in seconds. */
  readonly busySeconds: number;
  /** Calls whose end is not stored yet. */
  readonly openCalls: number;
  /** What callers make the process hold, and may (`SWITCHWRIGHT_MEMORY_MB`). */
  readonly heldBytes: number;
  readonly heldBytesMax: number;
  /** A call that came now would be begun. */
  readonly isReady: boolean;
};

type Gauge = readonly [family: MetricFamily, read: (figures: ProcessFigures) => number];

const gauge = (
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  read: (figures: ProcessFigures) => number,
): Gauge => [{ name, help, type, labels: [] }, read];

/** Of several processes these are sums: a gateway of two workers that is ready says 2. */
const GAUGES: readonly Gauge[] = [
  gauge('switchwright_processes', 'gauge', 'Processes that serve calls.', () => 1),
  gauge('switchwright_processes_ready', 'gauge', 'Processes that would begin a call now.', ({ isReady }) =>
    isReady ? 1 : 0,
  ),
  gauge('switchwright_open_calls', 'gauge', 'Calls whose end is not stored yet.', ({ openCalls }) => openCalls),
  gauge(
    'switchwright_held_bytes',
    'gauge',
    'Bytes that callers make the gateway hold: large bodies, what is fetched for them, answers not yet read.',
    ({ heldBytes }) => heldBytes,
  ),
  gauge(
    'switchwright_held_bytes_max',
    'gauge',
    'So many bytes may be held at most.',
    ({ heldBytesMax }) => heldBytesMax,
  ),
  gauge(
    'switchwright_event_loop_busy_seconds_total',
    'counter',
    'How long the event loop was not idle, in seconds.',
    ({ busySeconds }) => busySeconds,
  ),
  // The names that every client library of Prometheus uses.
  gauge('process_cpu_seconds_total', 'counter', 'CPU time in seconds.', ({ cpuSeconds }) => cpuSeconds),
  gauge('process_resident_memory_bytes', 'gauge', 'Resident memory in bytes.', ({ residentBytes }) => residentBytes),
];

export const PROCESS_FAMILIES: readonly MetricFamily[] = GAUGES.map(([family]) => family);

export const processSnapshot = (figures: ProcessFigures): Snapshot =>
  Object.fromEntries(GAUGES.map(([{ name }, read]) => [name, { '': [read(figures)] }]));
