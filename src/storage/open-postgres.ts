import type { World } from '../base/world.ts';
import type { StoreClient } from './client.ts';
import type { Gone } from './liveness.ts';
import { connectPostgres } from './postgres.ts';
import { takeSlot } from './slot.ts';

const BEAT_MS = 5_000;
/** While the server does not answer it is asked so often: whoever serves again soon loses the fewest calls. */
const BEAT_AWAY_MS = 500;

/** A client of the server that says it lives and settles what the dead left open; `close` settles its own. */
export async function openPostgres(
  url: string,
  {
    world,
    process,
    dataDirectory,
  }: { readonly world: World; readonly process: string; readonly dataDirectory: string },
): Promise<StoreClient> {
  const client = await connectPostgres(url, process);
  const slot = takeSlot(dataDirectory);
  const stop = await beat(client, world, slot.name);
  // The dead of this folder have nobody else who knows: at once, not when they have been silent for long enough.
  await recoverAll(client, { kind: 'slots', slots: slot.free, except: process }, world);
  slot.settled();
  return {
    ...client,
    close: async () => {
      stop();
      // A server that is away will hear of it from the next start.
      await recoverAll(client, { kind: 'process', process }, world).catch(() => {});
      await client.close();
      slot.close();
    },
  };
}

async function beat(client: StoreClient, world: World, slot: string | null): Promise<() => void> {
  let cancel = (): void => {};
  let isStopped = false;
  const { process } = client;
  const once = async (): Promise<void> => {
    await client.work('beat', { process, slot });
    await recoverAll(client, { kind: 'silent' }, world);
  };
  const next = (ms: number): void => {
    if (isStopped) return;
    cancel = world.after(ms, () => {
      once().then(
        () => next(BEAT_MS),
        () => next(BEAT_AWAY_MS),
      );
    });
  };
  await client.work('beat', { process, slot });
  next(0);
  return () => {
    isStopped = true;
    cancel();
  };
}

async function recoverAll(client: StoreClient, gone: Gone, world: World): Promise<void> {
  while ((await client.work('recover', { gone, now: world.now() })) > 0);
}
