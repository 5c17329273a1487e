import { write } from 'node:fs';
import type { World } from '../base/world.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Storage } from '../storage/open.ts';
import { type Broadcast, startBroadcast } from '../telemetry/broadcast.ts';
import type { OtlpTarget } from '../telemetry/otlp/environment.ts';
import { environmentReceiver } from '../telemetry/otlp/receiver.ts';
import type { ProcessFigures } from '../telemetry/process-metrics.ts';
import { openLineWriter } from '../telemetry/request-log.ts';
import { openTelemetry } from '../telemetry/telemetry.ts';
import type { Role } from './compose.ts';
import type { Configuration } from './configuration.ts';
import { gatherThroughOwner } from './gather.ts';

export type Observed = Pick<Gateway, 'telemetry' | 'metrics'> & {
  /** Lets out what waits to be written. */
  readonly close: () => Promise<void>;
};

type Parts = {
  readonly role: Role;
  readonly world: World;
  readonly ledger: Ledger;
  readonly memory: Gateway['memory'];
};

/** What is seen of this process from outside, as the operator wishes it. */
export function observe(configuration: Configuration, { role, world, ledger, memory }: Parts): Observed {
  const lines = configuration.requestLog === 'json' ? openLineWriter(toStandardOutput) : null;
  const figures = (): ProcessFigures => {
    const { user, system } = process.cpuUsage();
    return {
      cpuSeconds: (user + system) / 1e6,
      residentBytes: process.memoryUsage.rss(),
      busySeconds: performance.eventLoopUtilization().active / 1000,
      openCalls: ledger.open(),
      heldBytes: memory.used(),
      heldBytesMax: configuration.memoryBytes,
      isReady: ledger.trouble() === null,
    };
  };
  const telemetry = openTelemetry({ figures, lines });
  const gather =
    role === 'worker'
      ? gatherThroughOwner(telemetry.snapshot, world.after)
      : () => Promise.resolve([telemetry.snapshot()]);
  return {
    telemetry,
    metrics: configuration.metrics === 'off' ? null : { gather },
    close: async () => lines?.close(),
  };
}

const AGAIN_MS = 10;

/** On another thread: a pipe whose reader is slow holds nobody up. Whoever has closed it loses what is written. */
function toStandardOutput(text: string, done: () => void): void {
  const bytes = Buffer.from(text);
  const from = (at: number): void =>
    write(process.stdout.fd, bytes, at, bytes.length - at, null, (cause, written) => {
      if (cause?.code === 'EAGAIN') setTimeout(from, AGAIN_MS, at);
      else if (cause || at + written >= bytes.length) done();
      else from(at + written);
    });
  from(0);
}

/** Sends receipts on, where the operator wishes it: from the process that owns the store, so that each goes once. */
export async function broadcastFrom(
  { world, log }: Pick<Gateway, 'world' | 'log'>,
  { outbox }: Pick<Storage, 'outbox'>,
  traces: OtlpTarget | null,
): Promise<Broadcast> {
  const receivers = traces === null ? [] : [environmentReceiver(world, traces)];
  await outbox.register(receivers.map(({ id }) => ({ id, workspaceId: null })));
  return startBroadcast({ world, outbox, log }, receivers);
}
