import { CONSOLE_KEY_ID } from '../../../access/access.ts';
import { may } from '../../../access/may.ts';
import type { Key } from '../../../access/store.ts';
import type { Workspace } from '../../../access/workspaces.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';

/** What keys and workspaces of an account are called. */
export type Names = {
  readonly keys: readonly Key[];
  readonly workspaces: readonly Workspace[];
  readonly keyName: (keyId: string) => string;
  readonly workspaceName: (workspaceId: string) => string;
};

/** The newest so many are offered to be chosen from. */
const OFFERED_MAX = 100;
const SHORT = 8;

/** Who may not read what others did is told no names but its own. */
export async function namesFor({ access }: Pick<Gateway, 'access'>, caller: Principal): Promise<Names> {
  const page = { offset: 0, limit: OFFERED_MAX };
  const seesAll = may(caller, 'read-records');
  const [{ keys }, { workspaces }] = await Promise.all([
    seesAll ? access.keys.list({ accountId: caller.accountId, withDisabled: true, ...page }) : { keys: [] },
    seesAll ? access.workspaces.list(caller.accountId, page) : { workspaces: [] },
  ]);
  const names = new Map(keys.map(({ hash, name, label }) => [hash, name || label]));
  if (caller.kind === 'key') names.set(caller.keyId, names.get(caller.keyId) ?? caller.keyLabel);
  const places = new Map(workspaces.map(({ id, name }) => [id, name]));
  return {
    keys,
    workspaces,
    keyName: (keyId) =>
      names.get(keyId) ?? (keyId.startsWith(CONSOLE_KEY_ID) ? 'Console' : `${keyId.slice(0, SHORT)}…`),
    workspaceName: (workspaceId) => places.get(workspaceId) ?? workspaceId,
  };
}
