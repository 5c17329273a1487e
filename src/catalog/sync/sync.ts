import type { Json } from '../../base/json.ts';
import { MODEL_ID } from '../build-model.ts';
import { RESERVED_AUTHORS } from '../reserved.ts';
import type { ModelFile } from '../schema.ts';
import { modelTable } from './facts.ts';
import { type Listing, readListing } from './models-dev.ts';
import { examinePrices } from './plausible.ts';
import type { SyncSettings } from './settings.ts';
import { type Identity, type KnownIds, unify } from './unify.ts';
import { type Toml, writeToml } from './write.ts';

/** The first line of every file that a sync may write anew; a file without it is never touched. */
export const GENERATED =
  'Generated from models.dev (MIT) by `switchwright catalog sync`; corrections belong in data/curated/.';

/** What a sync says: every model file by its path below `models/`, and how much there is. */
export type Synced = {
  readonly files: ReadonlyMap<string, string>;
  readonly models: number;
  readonly endpoints: number;
  readonly providers: ReadonlySet<string>;
  /** Prices that no one can mean, which were left out, and those that are only odd: a line each. */
  readonly oddPrices: readonly string[];
  /** Hosts of the listing that the settings do not know; their models are left out. */
  readonly newHosts: readonly string[];
  /** Hosts of the settings that the listing no longer has. */
  readonly goneHosts: readonly string[];
};

/** The model files as they are, by path below `models/`. */
export type Before = ReadonlyMap<string, ModelFile>;

/**
 * Turns models.dev's listing into model files. Pure: nothing is read or written. What stood there `before` fills what
 * the live listing does not tell (the snapshot tells more): benchmarks, weights, and which model a host's odd name means.
 */
export function syncModels(
  listing: Json,
  settings: SyncSettings,
  authors: { readonly [slug: string]: string },
  before: Before = new Map(),
): Synced {
  const read = readListing(listing);
  const files = new Map<string, string>();
  const oddPrices: string[] = [];
  const providers = new Set<string>();
  let endpoints = 0;
  for (const unified of unify(read, settings, knownIds(before)).values()) {
    const author = unified.id.split('/')[0] ?? '';
    if (!MODEL_ID.test(unified.id) || RESERVED_AUTHORS.has(author.toLowerCase())) continue;
    const whole = modelTable(unified, read, settings, authors[author] ?? author);
    const table = whole && plausible(unified.id, whole, settings, oddPrices);
    if (!table) continue;
    const tags = Object.keys(table.endpoints ?? {});
    endpoints += tags.length;
    for (const tag of tags) providers.add(tag.split('/')[0] ?? '');
    const path = pathOf(unified.id);
    files.set(path, writeToml(keeping(table, before.get(path)), GENERATED));
  }
  return { files, models: files.size, endpoints, providers, oddPrices, ...hostsOf(read, settings) };
}

/** The table without hosts whose prices cannot be meant; undefined where none is left. */
function plausible(id: string, table: Toml, { hosts }: SyncSettings, odd: string[]): Toml | undefined {
  const endpoints = table.endpoints as { readonly [tag: string]: Toml };
  const author = id.split('/')[0];
  const own = new Set(Object.values(hosts).flatMap((host) => (host.author === author ? [host.provider] : [])));
  const { refused, notes } = examinePrices(id, endpoints, (tag) => own.has(tag.split('/')[0] ?? ''));
  // Where pictures are written, models.dev lists their price here and that of text there: curated files say both.
  if ((table.output as readonly string[]).includes('image')) return table;
  odd.push(...notes);
  const kept = Object.entries(endpoints).filter(([tag]) => !refused.has(tag));
  return kept.length === 0 ? undefined : { ...table, endpoints: Object.fromEntries(kept) };
}

const pathOf = (id: string): string => `${id.replace(':', '+')}.toml`;

/** By provider and upstream id: the model it stood for. */
function knownIds(before: Before): KnownIds {
  const known = new Map<string, Identity>();
  for (const [path, file] of before) {
    const id = path.replace(/\.toml$/, '').replace(/\+free$/, '');
    for (const [tag, { upstream_id }] of Object.entries(file.endpoints ?? {})) {
      const [provider, variant] = tag.split('/');
      known.set(`${provider} ${upstream_id}`, variant === undefined ? { id } : { id, variant });
    }
  }
  return known;
}

/** Members in their usual place, with those of before that are told no longer. */
function keeping(table: Toml, before: ModelFile | undefined): Toml {
  const { benchmarks = before?.benchmarks, hugging_face_id = before?.hugging_face_id, ...rest } = table;
  const { aliases, reasoning, endpoints, ...facts } = rest;
  return { ...facts, hugging_face_id, aliases, reasoning, benchmarks, endpoints };
}

function hostsOf(listing: Listing, settings: SyncSettings): Pick<Synced, 'newHosts' | 'goneHosts'> {
  const known = new Set([...Object.keys(settings.hosts), ...settings.ignore]);
  return {
    newHosts: [...listing.hosts.keys()].filter((host) => !known.has(host)).sort(),
    goneHosts: Object.keys(settings.hosts).filter((host) => !listing.hosts.has(host)),
  };
}
