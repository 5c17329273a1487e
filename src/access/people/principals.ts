import type { Principal } from '../../facts/principal.ts';
import { accountScope, keyScope, memberScope, type Owner, type Scope, workspaceScope } from '../../facts/scope.ts';
import { firstWorkspace } from '../owner.ts';
import type { Person } from './person.ts';

/** The key id that an owner's calls from the console are booked on; other people's begin so. It has no limit. */
export const CONSOLE_KEY_ID = 'console';
const OTHERS = `${CONSOLE_KEY_ID}:`;

/** The key id that a person's calls from the console are booked on, so that people see each other's records only as their role lets them. */
export const consoleKeyOf = ({ id, accountId }: Pick<Person, 'id' | 'accountId'>): string =>
  id === accountId ? CONSOLE_KEY_ID : OTHERS + id;

/** Whose console a key id stands for; null = it is a key's. */
export function personByConsoleKey(keyId: string, accountId: string): string | null {
  if (keyId === CONSOLE_KEY_ID) return accountId;
  return keyId.startsWith(OTHERS) ? keyId.slice(OTHERS.length) : null;
}

/** Whose money a person spends from the console, the narrowest first. */
export function ownersOfPerson(person: Pick<Person, 'id' | 'accountId'>): readonly Owner[] {
  const { id, accountId } = person;
  return [
    keyScope(consoleKeyOf(person)),
    memberScope(accountId, id),
    workspaceScope(firstWorkspace(accountId).id),
    accountScope(accountId),
  ];
}

export const principalOfPerson = (
  person: Pick<Person, 'id' | 'accountId' | 'role'>,
  scopes: readonly Scope[],
): Principal => ({
  kind: 'session',
  memberId: person.id,
  role: person.role,
  keyId: consoleKeyOf(person),
  keyLabel: 'Console',
  accountId: person.accountId,
  workspaceId: firstWorkspace(person.accountId).id,
  scopes,
});
