import { AsyncLocalStorage } from 'node:async_hooks';
import type { World } from '../base/world.ts';
import type { Principal } from '../facts/principal.ts';

/** Who acts: somebody signed in, a management key, whoever has a shell of the machine, or nobody who is known yet. */
export type Actor = {
  readonly kind: 'person' | 'key' | 'shell' | 'nobody';
  /** The person's id, the key's hash, the name of the machine's user. */
  readonly id: string;
  /** Whose log it is written into; empty = nobody's: nothing is written. */
  readonly accountId: string;
  /** Null = from the machine itself. */
  readonly address: string | null;
  /** What was asked for, where what is changed has no name of its own: `POST /presets/:slug/messages`. */
  readonly asked: string;
};
export type Acting = { readonly actor: Actor; readonly world: Pick<World, 'now' | 'newId'> };

/**
 * Whoever acts is known where a request comes in and needed where its changes are committed; between them lie the nouns of
 * the administration, which have no use for it. So it travels beside the call.
 */
const acting = new AsyncLocalStorage<Acting>();

export const actingAs = <T>(who: Acting, task: () => T): T => acting.run(who, task);
/** Null = nobody: what the gateway does by itself is no act. */
export const whoActs = (): Acting | null => acting.getStore() ?? null;

/** From here on it is this person, who has just proved to be: by a password, a link, an invitation. */
export function actingAsPerson<T>(person: { readonly id: string; readonly accountId: string }, task: () => T): T {
  const now = whoActs();
  if (now === null) return task();
  const { id, accountId } = person;
  return actingAs({ ...now, actor: { ...now.actor, kind: 'person', id, accountId } }, task);
}

/** `asked`: the method and path of the route. */
export function actorOf(
  principal: Principal | null,
  { address, asked }: { readonly address: string; readonly asked: string },
): Actor {
  if (principal === null) return { kind: 'nobody', id: '', accountId: '', address, asked };
  const { kind, keyId, memberId, accountId } = principal;
  if (kind === 'session') return { kind: 'person', id: memberId ?? '', accountId, address, asked };
  return { kind: 'key', id: keyId, accountId, address, asked };
}
