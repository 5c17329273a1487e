import type { AccessStore } from '../access/store.ts';
import type { PresetStore } from '../presets/preset.ts';
import { openAccessStore } from './access-store.ts';
import type { StoreClient } from './client.ts';
import { openKysely } from './kysely.ts';
import { openPresetStore } from './preset-store.ts';
import type { WorkAnswer, WorkArgument, WorkName, Write } from './works.ts';

/**
 * Acts of the administration that are committed together or not at all, each with its own entry in the audit log. What is
 * written through it is answered as if it were done; what is read is what was there before.
 */
export type Draft = {
  readonly accessStore: AccessStore;
  readonly presetStore: PresetStore;
  /** Rejects where one of the acts found nothing to change: then none of them is done. */
  readonly commit: () => Promise<void>;
};

export function openDraft(client: StoreClient): Draft {
  const writes: Write[] = [];
  /** What clears up behind an act: done once that is committed, and again until nothing is left. */
  const behind: (() => Promise<unknown>)[] = [];
  const drafting: StoreClient = {
    ...client,
    work: async <N extends WorkName>(name: N, argument: WorkArgument<N>): Promise<WorkAnswer<N>> => {
      if (name === 'write') {
        writes.push(argument as Write);
        return 1n as WorkAnswer<N>;
      }
      behind.push(() => client.work(name, argument));
      return 0 as WorkAnswer<N>;
    },
  };
  const database = openKysely(drafting);
  return {
    accessStore: openAccessStore(drafting, database),
    presetStore: openPresetStore(drafting, database),
    commit: async () => {
      if (writes.length > 0) await client.work('writeAll', { writes });
      for (const clear of behind) while (Number(await clear()) > 0);
    },
  };
}
