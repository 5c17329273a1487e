/**
 * Loaded by tests into the gateway's process (`--import`, with `--expose-gc`): tells on demand how many bytes it still
 * holds, heap and buffers, after everything was collected. Resident memory would tell when the collector last ran.
 */
import cluster from 'node:cluster';
import { setImmediate as turn } from 'node:timers/promises';

const COLLECTIONS = 4;

async function tell(message: { readonly ask?: string }): Promise<void> {
  if (message.ask !== 'kept') return;
  // What one collection finalises, sockets and buffers, only the next one frees.
  for (let round = 0; round < COLLECTIONS; round++) {
    await turn();
    globalThis.gc?.({ type: 'major', execution: 'sync' });
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ kept: heapUsed + external });
}

// A worker's channel is the product's own: unref'd, it would not hold a worker that waits for the store.
if (process.channel && cluster.isPrimary) {
  process.on('message', (message) => void tell(message as { readonly ask?: string }));
  process.channel.unref();
}
