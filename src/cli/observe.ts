import { write } from 'node:fs';
import type { World } from '../base/world.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Storage } from '../storage/open.ts';
import { type Broadcast, type Receiver, startBroadcast } from '../telemetry/broadcast.ts';
import { receiverOf } from '../telemetry/destinations/receiver.ts';
import type { OtlpTarget } from '../telemetry/otlp/environment.ts';
import { environmentReceiver } from '../telemetry/otlp/receiver.ts';
import type { ProcessFigures } from '../telemetry/process-metrics.ts';
import { openLineWriter } from '../telemetry/request-log.ts';
import { openTelemetry } from '../telemetry/telemetry.ts';
import type { Vault } from '../vault/vault.ts';
import type { ProcessRole } from './compose.ts';
import type { Configuration } from './configuration.ts';
import { gatherThroughOwner } from './gather.ts';

export type Observed = Pick<Gateway, 'telemetry' | 'metrics'> & {
  /** Lets out what waits to be written. */
  readonly close: () => Promise<void>;
};

type Parts = {
  readonly role: ProcessRole;
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

type Sending = {
  readonly gateway: Pick<Gateway, 'world' | 'log'>;
  readonly storage: Pick<Storage, 'outbox' | 'destinationStore'>;
  readonly vault: Vault;
  /** The receiver that the environment names. */
  readonly traces: OtlpTarget | null;
};

/**
 * Sends receipts on, to where the operator and the managers of workspaces wish: from the process that owns the store, so
 * that each goes once.
 */
export async function broadcastFrom({ gateway, storage, vault, traces }: Sending): Promise<Pick<Broadcast, 'close'>> {
  const { world, log } = gateway;
  const { outbox, destinationStore } = storage;
  const ofOperator = traces === null ? [] : [environmentReceiver(world, traces)];
  const broadcast = startBroadcast({ world, outbox, log });
  const refresh = async (): Promise<void> => {
    const receivers: Receiver[] = [...ofOperator];
    for (const destination of await destinationStore.enabled()) {
      const receiver = receiverOf({ world, vault }, destination);
      if (receiver) receivers.push(receiver);
      else log(`receipts cannot be sent to ${destination.name}: what it is set up with was sealed by another secret`);
    }
    // Registered first: what nobody is registered for is not written down.
    await outbox.register(receivers.map(({ id, workspaceId }) => ({ id, workspaceId })));
    await broadcast.follow(receivers);
  };
  await refresh();
  let isDue = false;
  let refreshing: Promise<void> = Promise.resolve();
  destinationStore.onChange(() => {
    if (isDue) return;
    isDue = true;
    refreshing = refreshing.then(() => {
      isDue = false;
      return refresh().catch((cause) => log('where receipts are sent to could not be read again', cause));
    });
  });
  return {
    close: async () => {
      await refreshing;
      await broadcast.close();
    },
  };
}
