import type { Json } from '../base/json.ts';
import type { Actor } from './acting.ts';

/** An administrative act, as it stands in the log: written with what it changed, and never changed. */
export type AuditEntry = {
  /** Sorts by time. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly actor: Pick<Actor, 'kind' | 'id' | 'address'> & {
    /** As it was called then: an e-mail address, a key's label. */
    readonly name: string | null;
  };
  /** `key.change`, `person.remove`; of what has no name of its own the route that was asked. */
  readonly act: string;
  /** The id of what it was done to. */
  readonly object: string;
  /** What was there before and after, without any secret. Of a change only what differs; null = it was not there. */
  readonly before: Json | null;
  readonly after: Json | null;
};

/** Newest first. */
export type AuditQuestion = {
  readonly accountId: string;
  /** Only what is older than this entry. */
  readonly before?: string;
  readonly actor?: string;
  readonly object?: string;
  readonly act?: string;
  readonly limit: number;
};

export type AuditLogStore = {
  readonly list: (question: AuditQuestion) => Promise<readonly AuditEntry[]>;
};

const PAGE = 200;

/** All that there is, page by page, so that a log of any length is read with little memory. */
export async function* everyEntry(
  { list }: AuditLogStore,
  question: Omit<AuditQuestion, 'limit'>,
): AsyncGenerator<AuditEntry> {
  let before = question.before;
  for (;;) {
    const entries = await list({ ...question, ...(before !== undefined && { before }), limit: PAGE });
    yield* entries;
    before = entries.at(-1)?.id;
    if (before === undefined || entries.length < PAGE) return;
  }
}

/** One line of the export, and of the API. */
export const auditJson = ({ id, at, actor, act, object, before, after }: AuditEntry) => ({
  id,
  created_at: new Date(at).toISOString(),
  actor: { type: actor.kind, id: actor.id, name: actor.name, ip_address: actor.address },
  act,
  object_id: object,
  before,
  after,
});
