import { uuidOf } from '../../base/uuid.ts';
import type { World } from '../../base/world.ts';
import type { EntryRules, RoleRule, Vouched } from '../../facts/federation.ts';
import type { PersonRole } from '../../facts/principal.ts';
import { actingAsPerson } from '../acting.ts';
import { OWNER_ACCOUNT_ID } from '../owner.ts';
import type { NewSecret } from '../secret.ts';
import { emailOf, NAME_LENGTH_MAX } from './people.ts';
import type { Invitation, PeopleStore, Person } from './person.ts';

/** Why somebody whom a provider vouches for does not come in. `gone`: they came in by a group that they have left. */
export type NotEntered = 'unverified' | 'stranger' | 'gone';

type Parts = {
  readonly store: { readonly people: PeopleStore };
  readonly world: Pick<World, 'now'>;
  readonly newSecret: NewSecret;
};

/** Of all addresses that somebody has, so many are looked for. */
const EMAILS_MAX = 20;

/** Makes a person of whoever a provider of identities vouches for, or says why not. */
export type Enter = (vouched: Vouched, rules: EntryRules) => Promise<Person | NotEntered>;

/**
 * Whoever came from there before is who they were. Else an address tells who it is, if the provider has verified it:
 * somebody who is here, who is invited, or whom a group or a domain lets in. Nobody else is made a person.
 */
export function openEntering({ store: { people }, world, newSecret }: Parts): Enter {
  const personBy = async (id: string): Promise<Person | null> => (await people.find([id])).get(id) ?? null;
  const link = (vouched: Vouched, person: Person, means: 'address' | 'invitation'): Promise<boolean> =>
    actingAsPerson(person, () => people.addIdentity(vouched, { personId: person.id, means, now: world.now() }));
  const enter = async (vouched: Vouched, rules: EntryRules, isAgain: boolean): Promise<Person | NotEntered> => {
    const byGroup = firstRule(rules.groups, vouched.groups);
    const known = await people.identity(vouched);
    const knownPerson = known && (await personBy(known.personId));
    if (known && knownPerson) {
      if (byGroup === null && known.means === 'group') return 'gone';
      return asGroupSays(people, knownPerson, { role: byGroup, now: world.now() });
    }
    const emails = [...new Set(vouched.emails.flatMap((text) => emailOf(text) ?? []))].slice(0, EMAILS_MAX);
    if (emails.length === 0) return 'unverified';
    for (const email of emails) {
      const found = (await people.byEmail(email))?.person;
      if (!found) continue;
      await link(vouched, found, 'address');
      return asGroupSays(people, found, { role: byGroup, now: world.now() });
    }
    const id = uuidOf(newSecret());
    const name = vouched.name?.trim().slice(0, NAME_LENGTH_MAX) || null;
    const invited = await firstInvited(people, emails, world.now());
    if (invited) {
      const { accountId } = invited.invitation;
      const wish = { id, name, password: null };
      const isIn = await actingAsPerson({ id, accountId }, () => people.accept(invited.hash, wish, world.now()));
      const person = isIn ? await personBy(id) : null;
      if (!person) return 'stranger';
      await link(vouched, person, 'invitation');
      return asGroupSays(people, person, { role: byGroup, now: world.now() });
    }
    const domains = emails.map((email) => email.split('@')[1] ?? '');
    const role = byGroup ?? firstRule(rules.domains, domains);
    if (role === null) return 'stranger';
    const means = byGroup === null ? 'domain' : 'group';
    const of = { id, accountId: OWNER_ACCOUNT_ID };
    // Of several addresses it is the one that lets them in.
    const email = emails.find((each) => means === 'group' || firstRule(rules.domains, [each.split('@')[1] ?? '']));
    const person = { ...of, name, role, email: email ?? emails[0] ?? '' };
    const isIn = await actingAsPerson(of, () => people.join(person, vouched, { means, now: world.now() }));
    if (isIn) return (await personBy(id)) ?? 'stranger';
    // They came in twice at once: by now they are here.
    return isAgain ? 'stranger' : enter(vouched, rules, true);
  };
  return (vouched, rules) => enter(vouched, rules, false);
}

const firstRule = (rules: readonly RoleRule[], having: readonly string[]): PersonRole | null =>
  rules.find(({ of }) => having.includes(of))?.role ?? null;

async function firstInvited(
  people: PeopleStore,
  emails: readonly string[],
  now: number,
): Promise<{ readonly hash: string; readonly invitation: Invitation } | null> {
  for (const email of emails) {
    const found = await people.invitationFor(email, now);
    if (found) return found;
  }
  return null;
}

/** Groups are the operator's: they say nothing of other accounts, and take nothing from owners. */
async function asGroupSays(
  people: PeopleStore,
  person: Person,
  { role, now }: { readonly role: PersonRole | null; readonly now: number },
): Promise<Person> {
  const stays =
    role === null || role === person.role || person.role === 'owner' || person.accountId !== OWNER_ACCOUNT_ID;
  if (stays) return person;
  const changed = await actingAsPerson(person, () => people.change(person, { role, updatedAt: now }));
  return changed === 'changed' ? { ...person, role } : person;
}
