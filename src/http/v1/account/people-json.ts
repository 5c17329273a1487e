import type { Invitation, Person } from '../../../access/people/person.ts';
import { iso } from './key-json.ts';

/** A member as the contract has it, which knows two roles (spec §1.11); ours stands beside. */
export const organizationMemberJson = ({ id, email, name, role }: Person) => ({
  id,
  email: email ?? '',
  first_name: name,
  last_name: null,
  role: role === 'owner' || role === 'admin' ? 'org:admin' : 'org:member',
  switchwright: { role },
});

export const personJson = (person: Person, workspaceIds: readonly string[]) => ({
  id: person.id,
  email: person.email,
  name: person.name,
  role: person.role,
  has_password: person.hasPassword,
  /** Beside the default one; owners and admins are in all. */
  workspace_ids: workspaceIds,
  created_at: new Date(person.createdAt).toISOString(),
  updated_at: iso(person.updatedAt),
});

export const invitationJson = (invitation: Invitation) => ({
  id: invitation.id,
  email: invitation.email,
  role: invitation.role,
  workspace_ids: invitation.workspaceIds,
  created_by: invitation.createdBy,
  created_at: new Date(invitation.createdAt).toISOString(),
  expires_at: new Date(invitation.expiresAt).toISOString(),
});
