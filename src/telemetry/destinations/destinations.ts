import type { Fault } from '../../base/fault.ts';
import { Hidden } from '../../base/hidden.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import { uuidOf } from '../../base/uuid.ts';
import type { World } from '../../base/world.ts';
import type { Vault } from '../../vault/vault.ts';
import { type DestinationStore, type ObservabilityDestination, placeOf } from './destination.ts';

/** The contract's: so many of a kind in a workspace. */
export const OF_A_KIND_MAX = 5;

type Own = 'id' | 'sealed' | 'createdAt' | 'updatedAt';
export type DestinationWish = Omit<ObservabilityDestination, Own>;
export type DestinationChange = Partial<Omit<DestinationWish, 'accountId' | 'workspaceId' | 'kind'>>;

/** The destinations of accounts. Configurations are handed in as their schema has read them, and shown masked. */
export type Destinations = Pick<DestinationStore, 'list' | 'find' | 'remove'> & {
  /** `full` = its workspace has five of the kind. */
  readonly create: (
    wish: DestinationWish,
    config: JsonObject,
  ) => Promise<Result<ObservabilityDestination | 'full', Fault>>;
  /** `config` absent = it stays. Null = it is gone. */
  readonly change: (
    destination: ObservabilityDestination,
    change: DestinationChange,
    config?: JsonObject,
  ) => Promise<Result<ObservabilityDestination | null, Fault>>;
  /** As it was handed in; null = it cannot be opened. */
  readonly configOf: (destination: ObservabilityDestination) => JsonObject | null;
};

type Parts = {
  readonly store: DestinationStore;
  readonly vault: Vault;
  readonly world: World;
  /** 32 random bytes in hex. */
  readonly newSecret: () => string;
};

export function openDestinations({ store, vault, world, newSecret }: Parts): Destinations {
  const seal = (id: string, config: JsonObject): Result<string, Fault> =>
    vault.seal(placeOf(id), new Hidden(JSON.stringify(config)));
  return {
    list: store.list,
    find: store.find,
    remove: store.remove,
    create: async (wish, config) => {
      const id = uuidOf(newSecret());
      const sealed = seal(id, config);
      if (!sealed.ok) return sealed;
      const at = world.now();
      const destination = { ...wish, id, sealed: sealed.value, createdAt: at, updatedAt: at };
      return ok((await store.add(destination, OF_A_KIND_MAX)) ? destination : 'full');
    },
    change: async (destination, change, config) => {
      const sealed = config === undefined ? ok(destination.sealed) : seal(destination.id, config);
      if (!sealed.ok) return sealed;
      // Each change has a moment of its own, by which those who send see that it is another.
      const updatedAt = Math.max(world.now(), destination.updatedAt + 1);
      const changed = { ...destination, ...change, sealed: sealed.value, updatedAt };
      return ok((await store.change(changed)) ? changed : null);
    },
    configOf: (destination) => configOf(vault, destination),
  };
}

export function configOf(vault: Vault, { id, sealed }: ObservabilityDestination): JsonObject | null {
  const opened = vault.open(placeOf(id), sealed);
  const config = opened.ok ? parseJson(opened.value.reveal()) : undefined;
  return isObject(config) ? config : null;
}

/** Members of configurations that are no secrets; of all others only the ends are shown. */
const OPEN: ReadonlySet<string> = new Set([
  'endpoint',
  'url',
  'baseUrl',
  'otlpEndpoint',
  'method',
  'region',
  'project',
  'projectId',
  'projectName',
  'workspace',
  'workspaceId',
  'modelId',
  'instanceId',
  'host',
  'database',
  'table',
  'username',
]);

/** A configuration as it may be shown: `sk-l...AbCd`. */
export function masked(config: JsonObject): JsonObject {
  const shown: { [name: string]: Json | undefined } = {};
  for (const [name, value] of Object.entries(config)) {
    if (OPEN.has(name)) shown[name] = value;
    else if (isObject(value)) shown[name] = masked(value);
    else shown[name] = maskedText(String(value));
  }
  return shown;
}

const maskedText = (text: string): string => (text.length < 16 ? '...' : `${text.slice(0, 4)}...${text.slice(-4)}`);

/** What was shown masked and comes back so is as it was: whoever changes one member sends the others as they were read. */
export function mergedConfig(before: JsonObject, change: JsonObject): JsonObject {
  const shown = masked(before);
  const merged: { [name: string]: Json | undefined } = { ...before };
  for (const [name, value] of Object.entries(change)) {
    const was = before[name];
    if (value === null) delete merged[name];
    else if (isObject(value) && isObject(was)) merged[name] = keptIn(value, was);
    else if (was === undefined || JSON.stringify(value) !== JSON.stringify(shown[name])) merged[name] = value;
  }
  return merged;
}

/** Headers are replaced as a whole, but for those that come back masked. */
function keptIn(value: JsonObject, before: JsonObject): JsonObject {
  const shown = masked(before);
  return Object.fromEntries<Json | undefined>(
    Object.entries(value).map(([name, one]) => [
      name,
      before[name] !== undefined && one === shown[name] ? before[name] : one,
    ]),
  );
}
