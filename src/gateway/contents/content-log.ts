import { Hidden } from '../../base/hidden.ts';
import { isObject, parseJson } from '../../base/json.ts';
import { redact } from '../../base/redact.ts';
import type { World } from '../../base/world.ts';
import type { CallOf, OperationId } from '../../call/operation.ts';
import type { Reply } from '../../call/reply.ts';
import type { ChatStep } from '../../call/text-run.ts';
import type { Place } from '../../vault/envelope.ts';
import type { Vault } from '../../vault/vault.ts';
import type { CallListener } from '../operation.ts';
import type { CallRequest } from '../receipt.ts';
import type { Content, ContentStore, LoggingWish } from './content.ts';
import { Heard } from './heard.ts';
import { Room, shownInput } from './shown.ts';

/** Characters of what was asked that are logged, all messages together. */
const INPUT_MAX = 128 * 1024;
/** Contents that wait to be written: what comes beyond them is not logged, and counted. */
const WAITING_MAX = 64;
/** How often it is told that some were not. */
const TOLD_MS = 60_000;

/** Logs what chats are asked and answer, where their workspace wishes it. */
export type ContentLog = {
  /** Some workspace wishes it: all that a call looks at where none does. */
  readonly isOn: boolean;
  /** Null = this call's content is not logged. Else whoever hears its answer in the listener's place. */
  readonly hear: <O extends OperationId>(
    operation: O,
    request: CallRequest<O>,
    listener: CallListener<O>,
  ) => CallListener<O> | null;
  /** Null = there is none. */
  readonly read: (id: string) => Promise<Content | null>;
  /** Why nothing can be logged here, for whoever turns it on; null = it can. */
  readonly obstacle: () => string | null;
  readonly store: ContentStore;
  /** Contents that were not logged because too many waited. */
  readonly dropped: () => number;
  /** Resolves when what waits is written. */
  readonly flush: () => Promise<void>;
};

/** A number that stands for a key, as the contract has it: it follows from its hash. */
export const keyNumber = (hash: string): number => Number.parseInt(hash.slice(0, 8), 16) >>> 1;

const placeOf = (row: string): Place => ({ table: 'generation_content', column: 'content', row });

type Parts = {
  readonly store: ContentStore;
  readonly vault: Vault;
  readonly world: Pick<World, 'now' | 'random' | 'after' | 'elapsed'>;
  readonly keptMs: number;
  readonly log: (message: string, cause?: unknown) => void;
};

type Waiting = { readonly request: CallRequest<OperationId>; readonly text: string };

/** Writes contents behind their answers, one after the other. */
function openWriting({ store, vault, world, keptMs, log }: Parts) {
  const waiting: Waiting[] = [];
  let writing: Promise<void> | null = null;
  let dropped = 0;
  let toldAt = Number.NEGATIVE_INFINITY;

  const write = async ({ request, text }: Waiting): Promise<void> => {
    const { id, caller, receivedAt } = request;
    const sealed = vault.seal(placeOf(id), new Hidden(redact(text)));
    if (!sealed.ok) return drop('contents cannot be sealed');
    const { accountId, workspaceId, keyId } = caller;
    const now = world.now();
    const times = { createdAt: Math.floor(receivedAt), expiresAt: Math.floor(now + keptMs) };
    await store.add({ id, accountId, workspaceId, keyId, ...times, envelope: sealed.value });
  };
  const drop = (why: string): void => {
    dropped++;
    if (world.elapsed() - toldAt < TOLD_MS) return;
    toldAt = world.elapsed();
    log(`${why}: ${dropped} since the start were not logged`);
  };
  /** One after the other, each in a turn of its own. */
  const work = async (): Promise<void> => {
    for (;;) {
      await new Promise<void>((resolve) => void world.after(0, resolve));
      const next = waiting.shift();
      if (!next) break;
      try {
        await write(next);
      } catch {
        drop('contents could not be stored');
      }
    }
    writing = null;
  };
  const enqueue = (request: CallRequest<OperationId>, content: Content): void => {
    if (waiting.length >= WAITING_MAX) return drop('too many contents wait to be stored');
    waiting.push({ request, text: JSON.stringify(content) });
    writing ??= work();
  };
  return {
    enqueue,
    dropped: () => dropped,
    flush: async () => {
      while (writing) await writing;
    },
  };
}

export function openContentLog(parts: Parts): ContentLog {
  const { store, vault, world, log } = parts;
  let logged: ReadonlyMap<string, LoggingWish> = new Map();
  let asked = 0;
  const refresh = (): void => {
    const mine = ++asked;
    store.logged().then(
      (wishes) => {
        if (mine === asked) logged = wishes;
      },
      (cause) => log('which workspaces log contents could not be read', cause),
    );
  };
  refresh();
  store.onChange(refresh);

  const { enqueue, dropped, flush } = openWriting(parts);
  const isWished = ({ caller: { workspaceId, keyId } }: CallRequest<OperationId>): boolean => {
    const wish = logged.get(workspaceId);
    if (!wish || (wish.keys !== null && !wish.keys.includes(keyNumber(keyId)))) return false;
    return wish.rate >= 1 || world.random() < wish.rate;
  };

  return {
    get isOn() {
      return logged.size > 0;
    },
    store,
    obstacle: () => (vault.current() ? null : 'this gateway can keep no secrets at the moment'),
    dropped,
    flush,
    hear: (operation, request, listener) => {
      if (operation !== 'chat' || !isWished(request)) return null;
      return hearing(listener, (heard) => {
        const call = request.call as CallOf<'chat'>;
        const input = shownInput(call, request.clientDialect, new Room(INPUT_MAX, call.blobs));
        enqueue(request, { input, output: heard.output() });
      });
    },
    read: async (id) => {
      const envelope = await store.find(id, world.now());
      const opened = envelope === null ? null : vault.open(placeOf(id), envelope);
      if (!opened?.ok) return null;
      const content = parseJson(opened.value.reveal());
      return isObject(content) ? (content as unknown as Content) : null;
    },
  };
}

/** Hears an answer, streamed or whole. A call that was refused before it was begun has no receipt, and no content. */
function hearing<O extends OperationId>(listener: CallListener<O>, ended: (heard: Heard) => void): CallListener<O> {
  const heard = new Heard();
  let isSettled = false;
  return {
    ...listener,
    events: (steps, target) => {
      for (const step of steps) heard.step(step as ChatStep);
      listener.events(steps, target);
    },
    settled: (receipt) => {
      isSettled = true;
      listener.settled(receipt);
    },
    done: (result) => {
      if (result.kind === 'replied') heard.reply(result.reply as Reply);
      listener.done(result);
      if (isSettled) ended(heard);
    },
  };
}
