import type { Memory } from '../../base/memory.ts';
import type {
  ChainLink,
  ResponseStore,
  StoredOwner,
  StoredResponse,
  StoredResponses,
} from '../../gateway/stored-responses.ts';

type Last = { readonly response: StoredResponse; readonly links: ChainLink[] };

/** What a connection may go on from. */
export type Remembered = StoredResponses & {
  /** Whether the next answer is stored beyond the connection, too. */
  persists: boolean;
  readonly close: () => void;
};

/**
 * A connection's last response, which the next may go on from though nothing is stored: it is in memory alone, as far as
 * there is any, and gone with the connection. All others are looked for in the store, where there is one.
 */
export function rememberLast(memory: Memory, who: string, base: StoredResponses | null): Remembered {
  let last: Last | null = null;
  /** The chain that was read last: what comes next goes on from it. */
  let read: { readonly id: string; readonly links: readonly ChainLink[] } | null = null;
  let held = 0;
  let isClosed = false;

  const beginningOf = (previousId: string | null): ChainLink[] | null => {
    if (previousId === null) return [];
    if (last?.response.id === previousId) return last.links;
    return read?.id === previousId ? [...read.links] : null;
  };
  /** Never waits: who cannot have the memory at once forgets. */
  const hold = (bytes: number): boolean => {
    if (bytes <= held || memory.takeAtOnce(who, bytes - held)) {
      if (bytes < held) memory.giveBack(who, held - bytes);
      held = bytes;
      return true;
    }
    letGo();
    return false;
  };
  const letGo = (): void => {
    last = null;
    if (held > 0) memory.giveBack(who, held);
    held = 0;
  };
  const keep = (response: StoredResponse): void => {
    const links = beginningOf(response.previousId);
    read = null;
    const { id, input, output } = response;
    if (isClosed || !links || !hold(response.chain.bytes)) return letGo();
    links.push({ id, input, output });
    last = { response, links };
  };
  const store: ResponseStore = {
    ...(base?.store ?? NOTHING),
    sizeOf: async (owner, id, now) =>
      last?.response.id === id ? last.response.chain : ((await base?.store.sizeOf(owner, id, now)) ?? null),
    chain: async (owner, id, now) => {
      const links = last?.response.id === id ? last.links : await base?.store.chain(owner, id, now);
      read = links ? { id, links } : null;
      return links ?? null;
    },
    add: async (owner: StoredOwner, response, bytesMax) => {
      keep(response);
      if (remembered.persists) await base?.store.add(owner, response, bytesMax);
    },
  };
  const remembered: Remembered = {
    store,
    conversations: base?.conversations ?? null,
    keptMs: base?.keptMs ?? 0,
    bytesMax: base?.bytesMax ?? 0,
    keepsAll: true,
    persists: false,
    close: () => {
      isClosed = true;
      letGo();
    },
  };
  return remembered;
}

const NOTHING: Omit<ResponseStore, 'sizeOf' | 'chain' | 'add'> = {
  find: async () => null,
  remove: async () => false,
  sweep: async () => 0,
  sums: async () => [],
  removeAll: async () => 0,
};
