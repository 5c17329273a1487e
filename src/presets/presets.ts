import type { Fault } from '../base/fault.ts';
import { createFinder, type Finder } from '../base/finder.ts';
import type { Result } from '../base/result.ts';
import { uuidOf } from '../base/uuid.ts';
import type { World } from '../base/world.ts';
import { type Captured, type Defaults, defaultsOf } from './capture.ts';
import {
  type Designated,
  type Preset,
  type PresetChange,
  type PresetStore,
  type PresetVersion,
  placeOf,
} from './preset.ts';

/** A preset with what it makes of calls; a fault where a version of an earlier release cannot be read any more. */
export type Ready = Designated & { readonly defaults: Result<Defaults, Fault> };

/** Presets and versions are made by programs: a loop that has gone wrong fills no store. */
export const PRESETS_MAX = 1_000;
export const VERSIONS_MAX = 1_000;

type Owner = Pick<Preset, 'accountId' | 'workspaceId'>;

/** The presets of workspaces. */
export type Presets = Pick<PresetStore, 'list' | 'versions' | 'version'> & {
  /** What calls use: a look-up in memory. Undefined = it must be looked for; null = there is none. */
  readonly known: (workspaceId: string, slug: string) => Ready | null | undefined;
  /** Resolves to undefined if too many are being looked for. Rejects with `StoreError`. */
  readonly look: (workspaceId: string, slug: string) => Promise<Ready | null | undefined>;
  /** As the store has it now. */
  readonly find: (workspaceId: string, slug: string) => Promise<Designated | null>;
  /** Keeps a new version, which calls are made with from then on. */
  readonly capture: (
    of: Owner & { readonly slug: string; readonly creatorId: string },
    captured: Captured,
  ) => Promise<Designated | 'conflict' | 'full'>;
  readonly change: (preset: Preset, change: PresetChange) => Promise<boolean>;
  readonly remove: PresetStore['remove'];
};

type Parts = {
  readonly store: PresetStore;
  readonly world: World;
  /** 32 random bytes in hex. */
  readonly newSecret: () => string;
};

export function openPresets({ store, world, newSecret }: Parts): Presets {
  const finder: Finder<Ready> = createFinder({
    world,
    find: async (places) => {
      const found = new Map<string, Ready>();
      for (const [place, designated] of await store.find(places))
        found.set(place, { ...designated, defaults: defaultsOf(designated.version) });
      return found;
    },
  });
  store.onChange((place) => (place === null ? finder.forgetAll() : finder.forget(place)));

  const find: Presets['find'] = async (workspaceId, slug) => {
    const place = placeOf(workspaceId, slug);
    return (await store.find([place])).get(place) ?? null;
  };
  const room = async (workspaceId: string, before: Designated | null): Promise<boolean> =>
    before === null
      ? (await store.list(workspaceId, { offset: 0, limit: 1 })).total < PRESETS_MAX
      : before.version.version < VERSIONS_MAX;
  return {
    list: store.list,
    versions: store.versions,
    version: store.version,
    known: (workspaceId, slug) => finder.known(placeOf(workspaceId, slug)),
    look: (workspaceId, slug) => finder.look(placeOf(workspaceId, slug)),
    find,
    capture: async ({ slug, creatorId, ...owner }, captured) => {
      const before = await find(owner.workspaceId, slug);
      if (!(await room(owner.workspaceId, before))) return 'full';
      const now = world.now();
      const versions = before === null ? 0 : (await store.versions(before.preset.id, { offset: 0, limit: 1 })).total;
      const presetId = before?.preset.id ?? uuidOf(newSecret());
      const version: PresetVersion = {
        ...captured,
        id: uuidOf(newSecret()),
        presetId,
        version: versions + 1,
        creatorId,
        createdAt: now,
      };
      const made = { description: null, status: 'active', statusUpdatedAt: null, createdAt: now, creatorId } as const;
      const preset: Preset = {
        ...(before?.preset ?? { ...owner, ...made, slug, name: slug }),
        id: presetId,
        designatedVersionId: version.id,
        updatedAt: now,
      };
      return (await store.add(preset, version)) ? { preset, version } : 'conflict';
    },
    change: (preset, change) => store.change(preset, change, world.now()),
    remove: store.remove,
  };
}
