import type { JsonObject } from '../base/json.ts';

export const STATUSES = ['active', 'disabled', 'archived'] as const;
export type PresetStatus = (typeof STATUSES)[number];

/** A name under which a workspace keeps how its calls are made: models, parameters, tools, a system prompt. */
export type Preset = {
  /** A UUID. */
  readonly id: string;
  readonly accountId: string;
  readonly workspaceId: string;
  /** Lower-case words with hyphens; unique in its workspace. */
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  readonly status: PresetStatus;
  /** The version that calls are made with. */
  readonly designatedVersionId: string;
  readonly creatorId: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly statusUpdatedAt: number | null;
};

/** What a preset said at one time. It never changes. */
export type PresetVersion = {
  /** A UUID. */
  readonly id: string;
  readonly presetId: string;
  /** From 1 on. */
  readonly version: number;
  /** The client dialect that `config` is written in. */
  readonly dialect: string;
  /** Fields of a request's body, as they were sent. */
  readonly config: JsonObject;
  readonly systemPrompt: string | null;
  readonly creatorId: string;
  readonly createdAt: number;
};

export type Designated = { readonly preset: Preset; readonly version: PresetVersion };
export type PageOf = { readonly offset: number; readonly limit: number };
export type PresetChange = Partial<Pick<Preset, 'name' | 'description' | 'status' | 'designatedVersionId'>>;

/** Where presets are kept. */
export type PresetStore = {
  /** Those most recently updated first. */
  readonly list: (
    workspaceId: string,
    page: PageOf,
  ) => Promise<{ readonly presets: readonly Preset[]; readonly total: number }>;
  /** Those of the places that there are, by place (`placeOf`); a few hundred at most. */
  readonly find: (places: readonly string[]) => Promise<ReadonlyMap<string, Designated>>;
  /** Oldest first. */
  readonly versions: (
    presetId: string,
    page: PageOf,
  ) => Promise<{ readonly versions: readonly PresetVersion[]; readonly total: number }>;
  readonly version: (presetId: string, version: number) => Promise<PresetVersion | null>;
  /** Adds a version and designates it; makes the preset where there is none of its id. False = another has this number. */
  readonly add: (preset: Preset, version: PresetVersion) => Promise<boolean>;
  /** False = there is no such preset, or it has no such version. */
  readonly change: (preset: Preset, change: PresetChange, at: number) => Promise<boolean>;
  /** With all its versions. False = there is no such preset. */
  readonly remove: (preset: Preset) => Promise<boolean>;
  /** Hears the place of what changed, here or in another process; null = nobody can tell what. */
  readonly onChange: (listener: (place: string | null) => void) => void;
};

/** What names a preset everywhere: slugs have no blanks. */
export const placeOf = (workspaceId: string, slug: string): string => `${workspaceId} ${slug}`;
