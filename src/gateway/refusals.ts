import { LIMITS } from '../base/limits.ts';
import type { World } from '../base/world.ts';
import type { Refusal, RefusalStore } from '../insights/requests.ts';
import type { RefusedCall } from '../telemetry/request-log.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** Writes down what was refused, a moment later and no more than so much of it: nobody waits, and nobody can fill the store. */
export type RefusalRecorder = {
  readonly note: (refused: RefusedCall) => void;
  /** The same telemetry, of whose refusals it hears too. */
  readonly hearing: (telemetry: Telemetry) => Telemetry;
  /** Writes what waits. */
  readonly close: () => Promise<void>;
};

type Parts = {
  readonly world: Pick<World, 'after' | 'newId'>;
  readonly store: Pick<RefusalStore, 'add'>;
  readonly log: (message: string, cause?: unknown) => void;
};

const WRITTEN_AFTER_MS = 1_000;
/** Accounts of which something is written in one second; of more, nothing is. */
const ACCOUNTS_MAX = 200;

type Waiting = { readonly kept: Refusal[]; others: number };

export function recordRefusals({ world, store, log }: Parts): RefusalRecorder {
  let waiting = new Map<string, Waiting>();
  let isFailing = false;
  const write = async (): Promise<void> => {
    const refusals = [...waiting.values()].flatMap(written);
    waiting = new Map();
    if (refusals.length === 0) return;
    try {
      await store.add(refusals);
      isFailing = false;
    } catch (cause) {
      if (!isFailing) log('refused requests could not be written down', cause);
      isFailing = true;
    }
  };
  const note = (refused: RefusedCall): void => {
    const accountId = refused.caller?.accountId ?? '';
    // Whoever shows no key at all is no caller of anybody here.
    if (accountId === '' && refused.keyLabel === undefined) return;
    let of = waiting.get(accountId);
    if (!of) {
      if (waiting.size >= ACCOUNTS_MAX) return;
      if (waiting.size === 0) world.after(WRITTEN_AFTER_MS, () => void write());
      of = { kept: [], others: 0 };
      waiting.set(accountId, of);
    }
    if (of.kept.length < LIMITS.refusals_each_second) of.kept.push(refusalOf(refused, accountId, world));
    else of.others++;
  };
  return {
    note,
    hearing: (telemetry) => ({
      ...telemetry,
      refused: (refused) => {
        telemetry.refused(refused);
        note(refused);
      },
    }),
    close: write,
  };
}

/** The last one tells of those that were only counted. */
const written = ({ kept, others }: Waiting): readonly Refusal[] =>
  kept.map((refusal, at) => (at === kept.length - 1 ? { ...refusal, others } : refusal));

const refusalOf = (refused: RefusedCall, accountId: string, world: Parts['world']): Refusal => ({
  id: refused.id ?? world.newId('gen'),
  createdAt: refused.at,
  accountId,
  keyId: refused.keyId,
  keyLabel: refused.keyLabel ?? null,
  workspaceId: refused.caller?.workspaceId ?? null,
  operation: refused.operation ?? null,
  clientDialect: refused.clientDialect,
  model: refused.model ? plain(refused.model, LIMITS.refusal_model_length_max) : null,
  code: refused.fault.code,
  message: plain(refused.fault.message, LIMITS.refusal_message_length_max),
  others: 0,
});

/** PostgreSQL keeps no NUL, and half a character is none. */
const plain = (text: string, length: number): string =>
  text
    .slice(0, length)
    .replace(/\p{Cc}/gu, ' ')
    .toWellFormed();
