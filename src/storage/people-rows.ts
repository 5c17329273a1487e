import type { Invitation, Means, Person, SessionRecord, SignIn } from '../access/people/person.ts';
import { parseJson } from '../base/json.ts';
import { PERSON_ROLES, type PersonRole } from '../facts/principal.ts';
import type { InvitationRow, PersonRow, SessionRow, SignInRow } from './schema.ts';

export const time = (value: number): bigint => BigInt(Math.floor(value));
const timeOf = (value: bigint | null): number | null => (value === null ? null : Number(value));

/** A role that a later version wrote may nothing here. */
const roleOf = (text: string): PersonRole => PERSON_ROLES.find((role) => role === text) ?? 'viewer';

export const personOf = (row: PersonRow): Person => ({
  id: row.id,
  accountId: row.account_id,
  email: row.email,
  name: row.name,
  role: roleOf(row.role),
  hasPassword: row.password !== null,
  createdAt: Number(row.created_at),
  updatedAt: timeOf(row.updated_at),
});

export const invitationRow = (hash: string, invitation: Invitation): InvitationRow => ({
  hash,
  id: invitation.id,
  account_id: invitation.accountId,
  email: invitation.email,
  role: invitation.role,
  workspaces: JSON.stringify(invitation.workspaceIds),
  created_by: invitation.createdBy,
  created_at: time(invitation.createdAt),
  expires_at: time(invitation.expiresAt),
});

export const invitationOf = (row: InvitationRow): Invitation => ({
  id: row.id,
  accountId: row.account_id,
  email: row.email,
  role: roleOf(row.role),
  workspaceIds: listOf(row.workspaces),
  createdBy: row.created_by,
  createdAt: Number(row.created_at),
  expiresAt: Number(row.expires_at),
});

function listOf(text: string): readonly string[] {
  const list = parseJson(text);
  return Array.isArray(list) ? list.map(String) : [];
}

export const sessionRow = (session: SessionRecord): SessionRow => ({
  hash: session.hash,
  account_id: session.accountId,
  expires_at: time(session.expiresAt),
  person_id: session.personId,
  created_at: session.createdAt === null ? null : time(session.createdAt),
  address: session.address,
  agent: session.agent,
  means: session.means,
});

export const sessionOf = (row: SessionRow): SessionRecord => ({
  hash: row.hash,
  accountId: row.account_id,
  personId: row.person_id,
  expiresAt: Number(row.expires_at),
  createdAt: timeOf(row.created_at),
  address: row.address,
  agent: row.agent,
  means: row.means as Means | null,
});

export const signInRow = (signIn: SignIn): SignInRow => ({
  hash: signIn.hash,
  account_id: signIn.accountId,
  expires_at: time(signIn.expiresAt),
  kind: signIn.kind,
  person_id: signIn.personId,
});

export const signInOf = (row: SignInRow): SignIn => ({
  hash: row.hash,
  accountId: row.account_id,
  expiresAt: Number(row.expires_at),
  kind: row.kind === 'reset' ? 'reset' : 'sign-in',
  personId: row.person_id,
});
