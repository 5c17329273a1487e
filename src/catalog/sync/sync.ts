import type { Json } from '../../base/json.ts';
import { modelTable } from './facts.ts';
import { readListing } from './models-dev.ts';
import type { SyncSettings } from './settings.ts';
import { unify } from './unify.ts';
import { writeToml } from './write.ts';

/** The first line of every file that a sync may write anew; a file without it is never touched. */
export const GENERATED =
  'Generated from models.dev (MIT) by `switchwright catalog sync`; corrections belong in data/curated/.';

/** What a sync says: every model file by its path below `models/`, and how much there is. */
export type Synced = {
  readonly files: ReadonlyMap<string, string>;
  readonly models: number;
  readonly endpoints: number;
  readonly providers: ReadonlySet<string>;
};

/** Turns models.dev's listing into model files. Pure: nothing is read or written. */
export function syncModels(
  listing: Json,
  settings: SyncSettings,
  authors: { readonly [slug: string]: string },
): Synced {
  const read = readListing(listing);
  const files = new Map<string, string>();
  const providers = new Set<string>();
  let endpoints = 0;
  for (const unified of unify(read, settings).values()) {
    const author = unified.id.split('/')[0] ?? '';
    const table = modelTable(unified, read, settings, authors[author] ?? author);
    if (!table) continue;
    const tags = Object.keys(table.endpoints ?? {});
    endpoints += tags.length;
    for (const tag of tags) providers.add(tag.split('/')[0] ?? '');
    files.set(`${unified.id.replace(':', '+')}.toml`, writeToml(table, GENERATED));
  }
  return { files, models: files.size, endpoints, providers };
}
