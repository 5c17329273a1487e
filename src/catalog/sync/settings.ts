import { z } from 'zod';
import { FEATURES } from '../features.ts';
import { CATEGORIES } from '../model.ts';

/** `data/sync.toml`: what the rules cannot know about models.dev's names. */
export const SYNC_FILE = z.strictObject({
  /** The host whose ids are `author/slug` already. */
  canonical: z.string(),
  /** By models.dev's id of the host. Hosts that are not named are left out. */
  hosts: z.record(
    z.string(),
    z.strictObject({
      provider: z.string(),
      /** What the host lists under a name of its own is this author's. */
      author: z.string().optional(),
      /** Prefixes of regions, in order of preference; of several ids for one model the first one found is taken. */
      prefixes: z.array(z.string()).optional(),
      /** Features beyond what models.dev tells; those of the second list only where the model does not reason. */
      features: z.array(z.enum(FEATURES)).optional(),
      plain_features: z.array(z.enum(FEATURES)).optional(),
      /** Ids (regular expression) that another of the provider's dialects serves. */
      dialects: z.record(z.string(), z.string()).optional(),
      /** Costs nothing: belongs to the `:free` variant of a model, if there is one. */
      free: z.boolean().optional(),
      /** Lists others' models under names that introduce nothing new. */
      follows: z.boolean().optional(),
      skip: z.array(z.string()).optional(),
      /** The host's id → `author/slug`, where the id means something else here than elsewhere. */
      same: z.record(z.string(), z.string()).optional(),
    }),
  ),
  /** Hosts that are left out knowingly; a sync names those that stand in neither list. */
  ignore: z.array(z.string()).default([]),
  /** Names of organisations elsewhere → author. */
  authors: z.record(z.string(), z.string()),
  /** `author/slug` as read → `author/slug` as it is. */
  same: z.record(z.string(), z.string()),
  /** `~author/family-latest` → the model it means now. */
  latest: z.record(z.string(), z.string()),
  /** Regular expressions on the id → OpenRouter's name of the tokenizer; the first match counts. */
  tokenizers: z.array(z.strictObject({ match: z.string(), name: z.string() })),
  /** The same for what models are made for; every match counts. */
  categories: z.array(z.strictObject({ match: z.string(), name: z.enum(CATEGORIES) })).default([]),
  /** Other spellings of a benchmark → its name, so that scores line up. */
  benchmarks: z.record(z.string(), z.string()).default({}),
  /** Authors who price one-hour cache writes as a multiple of input. */
  cache_write_1h: z.record(z.string(), z.number()),
  /** Authors whose models reason only when asked. */
  reasoning_on_request: z.array(z.string()),
});
/** The file that says how a sync reads its sources. */
export type SyncSettings = z.output<typeof SYNC_FILE>;
