import type { ListedModel, Listing } from './models-dev.ts';
import { keysOfSlug, readings, slugOf } from './names.ts';
import type { SyncSettings } from './settings.ts';

/** One model with every host that lists it. */
export type Unified = { readonly id: string; readonly listed: Listed[] };
/** A model as one host lists it. */
export type Listed = {
  readonly host: string;
  readonly model: ListedModel;
  readonly tag: string;
  readonly aliases: string[];
};

const EMBEDS = /embed|(^|\/)(bge|gte|e5)-|minilm|mpnet/i;
const NOT_CHAT = /rerank|whisper|tts|transcribe|realtime|livetranslate|-asr|ocr$|speech|lyria|moderation/i;

export const isEmbedding = (model: ListedModel): boolean => EMBEDS.test(model.id);

/** Is it something our dialects can call: text out, or embeddings? */
function isServed(model: ListedModel): boolean {
  if (NOT_CHAT.test(model.id)) return false;
  return model.output.includes('text') && model.input.includes('text') && model.context > 0;
}

/** Which model a host's id means, and how the host serves it. */
export type Identity = { readonly id: string; readonly variant?: string };
/** By `provider upstream-id`: what it meant before. */
export type KnownIds = ReadonlyMap<string, Identity>;

/**
 * The union over all hosts. What the canonical host does not list is new
 * if a lab's own host, or a host we call directly, names its author.
 */
export function unify(listing: Listing, settings: SyncSettings, known: KnownIds): ReadonlyMap<string, Unified> {
  const { canonical } = settings;
  const unified = new Map<string, Unified>();
  const index: Index = new Map();
  const add = (id: string): Unified => {
    const found = unified.get(id) ?? { id, listed: [] };
    if (!unified.has(id) && !id.includes(':')) addKeys(index, id);
    unified.set(id, found);
    return found;
  };
  for (const [id, model] of listing.hosts.get(canonical) ?? []) {
    if (id.startsWith('~') || settings.hosts[canonical]?.skip?.includes(id) || !isServed(model)) continue;
    place(add(id), { host: canonical, model, tag: tagOf(canonical, settings), aliases: [] });
  }
  // Labs first, so that their new models are known under their own names when other hosts are read.
  const hosts = Object.keys(settings.hosts).filter((host) => host !== canonical);
  hosts.sort((a, b) => Number(!settings.hosts[a]?.author) - Number(!settings.hosts[b]?.author));
  for (const host of hosts) {
    for (const model of ordered(listing.hosts.get(host), settings.hosts[host]?.prefixes)) {
      if (!isServed(model) || settings.hosts[host]?.skip?.includes(model.id)) continue;
      const before = known.get(`${settings.hosts[host]?.provider} ${model.id}`);
      const remembered = before && unified.has(before.id) ? before : undefined;
      const found = identify(host, model, index, settings, remembered);
      if (!found || (model.deprecated && !unified.has(found.id))) continue;
      const free = settings.hosts[host]?.free === true;
      if (free && !unified.has(`${found.id}:free`)) continue;
      const entry = add(free ? `${found.id}:free` : found.id);
      place(entry, { host, model, tag: tagOf(host, settings, found.variant), aliases: [] });
    }
  }
  return unified;
}

/** Model by key. A key read strictly (`gpt-4o`) beats the same key read loosely (`gpt-4o-2024-05-13` without its date). */
type Index = Map<string, { readonly id: string; readonly looseness: number }>;

function addKeys(index: Index, id: string): void {
  for (const [looseness, key] of keysOfSlug(id.split('/')[1] ?? '').entries())
    if (looseness < (index.get(key)?.looseness ?? Number.POSITIVE_INFINITY)) index.set(key, { id, looseness });
}

function identify(
  host: string,
  model: ListedModel,
  index: Index,
  settings: SyncSettings,
  remembered: Identity | undefined,
): Identity | undefined {
  const id = stripPrefix(model.id, settings.hosts[host]?.prefixes);
  const named = newId(host, id, settings);
  const same = settings.hosts[host]?.same?.[model.id] ?? (named === undefined ? undefined : settings.same[named]);
  if (same !== undefined) return { id: same };
  const names = [id, id.replace(/^([a-z]+)\.(?=[a-z])/, '$1-')];
  if (model.baseModel && !/distill/i.test(id)) names.push(model.baseModel);
  for (const name of names) {
    for (const { key, quantization, speed } of readings(name)) {
      const found = index.get(key)?.id;
      const variant = quantization ?? speed;
      if (found !== undefined) return { id: found, ...(variant === undefined ? {} : { variant }) };
    }
  }
  if (remembered) return remembered;
  return named === undefined || settings.hosts[host]?.follows ? undefined : { id: named };
}

/** The `author/slug` of a model nobody has named yet, if its author is certain. */
function newId(host: string, id: string, settings: SyncSettings): string | undefined {
  const own = settings.hosts[host]?.author;
  const organisation = /^(?:hf:|@cf\/)?([^/]+)\//.exec(id)?.[1] ?? /^([a-z]+)\.[a-z]/.exec(id)?.[1];
  const author =
    organisation === undefined ? own : (settings.authors[organisation.toLowerCase()] ?? (own && undefined));
  const slug = slugOf(id);
  return author && slug ? `${author}/${slug}` : undefined;
}

const tagOf = (host: string, settings: SyncSettings, variant?: string): string =>
  `${settings.hosts[host]?.provider ?? host}${variant === undefined ? '' : `/${variant}`}`;

/** One endpoint per tag: the id that reads like the model's own, else the first; the others become further names. */
function place(unified: Unified, listed: Listed): void {
  const at = unified.listed.findIndex((other) => other.tag === listed.tag);
  const before = unified.listed[at];
  if (!before) {
    unified.listed.push(listed);
    return;
  }
  const slug = unified.id.split('/')[1];
  if (slugOf(before.model.id) !== slug && slugOf(listed.model.id) === slug)
    unified.listed[at] = { ...listed, aliases: [...before.aliases, before.model.id] };
  else before.aliases.push(listed.model.id);
}

const stripPrefix = (id: string, prefixes: readonly string[] = []): string =>
  id.slice(prefixes.find((prefix) => prefix !== '' && id.startsWith(prefix))?.length ?? 0);

/** Preferred regions first, undated names before dated ones; regions that are not named are left out. */
function ordered(
  models: ReadonlyMap<string, ListedModel> | undefined,
  prefixes: readonly string[] = [''],
): ListedModel[] {
  const region = (id: string): number => prefixes.findIndex((prefix) => prefix !== '' && id.startsWith(prefix));
  const rank = (id: string): number => (region(id) < 0 ? prefixes.indexOf('') : region(id));
  return [...(models?.values() ?? [])]
    .filter(({ id }) => region(id) >= 0 || !/^[a-z]{2,6}\.[a-z]+\./.test(id))
    .sort((a, b) => rank(a.id) - rank(b.id) || a.id.length - b.id.length || (a.id < b.id ? -1 : 1));
}
