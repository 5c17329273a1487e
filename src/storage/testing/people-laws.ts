import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Access, isFault, openAccess } from '../../access/access.ts';
import { SESSION_COOKIE } from '../../access/credential.ts';
import type { Person } from '../../access/people/person.ts';
import { codeAt } from '../../access/people/totp.ts';
import type { Client } from '../../access/sessions.ts';
import type { PersonRole, Principal } from '../../facts/principal.ts';
import { memberScope } from '../../facts/scope.ts';
import { openVault, type Vault } from '../../vault/vault.ts';
import { newSecret, type Storage } from '../open.ts';
import type { Bench, LawWorld } from './bench.ts';

const HERE = { address: '192.0.2.1', agent: 'a browser' };
const ELSEWHERE = { address: '198.51.100.7', agent: undefined };
const PASSWORD = 'seven quiet herons sleep';
const ANOTHER = 'nine loud geese wake up';

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((next) => setTimeout(next, 5));
}
const headersOf = (session: string) => ({ cookie: `${SESSION_COOKIE}=${session}` });
let made = 0;

const QUICK = { N: 16, r: 8, p: 1 };
function openingOf(world: LawWorld) {
  const open = (storage: Storage, vault?: Vault): Access =>
    openAccess({ store: storage.accessStore, world, newSecret, passwordCost: QUICK, ...(vault && { vault }) });
  const ownerOf = async (access: Access): Promise<Principal> => {
    const owner = await access.callerOf('console', 'owner');
    assert.ok(!isFault(owner));
    return owner;
  };
  const join = async (access: Access, role: PersonRole): Promise<{ person: Person; session: string }> => {
    const email = `person-${++made}@example.com`;
    const invited = await access.people.invite(await ownerOf(access), { email, role, workspaceIds: [] });
    assert.ok(typeof invited === 'object');
    const begun = await access.people.accept(invited.token, { name: 'Somebody', password: PASSWORD }, HERE);
    assert.ok('session' in begun, JSON.stringify(begun));
    const person = await access.people.byEmail(email);
    assert.ok(person);
    return { person, session: begun.session };
  };
  return { open, ownerOf, join };
}

/** Two processes that the same people come to. */
export function peopleLaws(bench: Bench, another: (world: LawWorld) => Promise<Storage>): void {
  const { open, ownerOf, join } = openingOf(bench.world);

  test('an invitation makes one person, whoever comes first, with the role and the workspaces it names', async () => {
    const here = open(bench.storage);
    const otherStorage = await another(bench.world);
    const there = open(otherStorage);
    const owner = await ownerOf(here);
    const wish = { name: 'Team', slug: `team-${++made}`, description: null };
    const team = await here.workspaces.create(wish, { accountId: 'owner', createdBy: null });
    assert.ok(team);
    const email = `invited-${++made}@example.com`;
    const invited = await here.people.invite(owner, { email, role: 'member', workspaceIds: [team.id] });
    assert.ok(typeof invited === 'object');
    const listed = await there.people.invitations('owner', bench.world.now(), { offset: 0, limit: 100 });
    assert.ok(listed.invitations.some(({ id }) => id === invited.invitation.id));
    const accept = (access: Access) => access.people.accept(invited.token, { name: ' Ada ', password: PASSWORD }, HERE);
    const [one, other] = await Promise.all([accept(here), accept(there)]);
    const sessions = [one, other].flatMap((answer) => ('session' in answer ? [answer.session] : []));
    assert.equal(sessions.length, 1);
    const person = await there.people.byEmail(email);
    assert.deepEqual([person?.name, person?.role, person?.hasPassword], ['Ada', 'member', true]);
    assert.deepEqual(await here.people.workspacesOf(person?.id ?? ''), [team.id]);
    const principal = await there.find(headersOf(sessions[0] ?? ''));
    assert.ok(!isFault(principal));
    assert.deepEqual([principal.role, principal.memberId], ['member', person?.id]);
    assert.ok(principal.scopes.includes(memberScope('owner', person?.id ?? '')));
    const again = await here.people.invite(owner, { email, role: 'viewer', workspaceIds: [] });
    assert.equal(again, 'taken');
    await otherStorage.close();
  });

  test('a role counts at once, in every process; who leaves has neither a session nor a key that works', async () => {
    const here = open(bench.storage);
    const otherStorage = await another(bench.world);
    const there = open(otherStorage);
    const owner = await ownerOf(here);
    const { person, session } = await join(here, 'member');
    const roleThere = async (): Promise<string | undefined> => {
      const found = await there.find(headersOf(session));
      return isFault(found) ? undefined : found.role;
    };
    assert.equal(await roleThere(), 'member');
    assert.equal(await here.people.change(owner, person.id, { role: 'billing' }), 'changed');
    await until(async () => (await roleThere()) === 'billing');
    const secret = `sk-${newSecret()}`;
    await here.keys.create({ name: 'theirs', secret, creatorUserId: person.id });
    const key = { authorization: `Bearer ${secret}` };
    assert.ok(!isFault(await there.find(key)));
    assert.equal(await here.people.remove(owner, person.id), 'removed');
    await until(async () => (await roleThere()) === undefined);
    await until(async () => isFault(await there.find(key)));
    assert.equal(await here.people.remove(owner, person.id), 'missing');
    await otherStorage.close();
  });
}

/** An account always has an owner, whatever two processes do at once. */
export function ownerLaws(bench: Bench, another: (world: LawWorld) => Promise<Storage>): void {
  const { open, ownerOf, join } = openingOf(bench.world);

  test('of two owners who demote each other at once, one stays; only owners change owners', async () => {
    const here = open(bench.storage);
    const otherStorage = await another(bench.world);
    const there = open(otherStorage);
    const owner = await ownerOf(here);
    const { person } = await join(here, 'owner');
    const admin = { ...owner, role: 'admin' as const };
    assert.equal(await here.people.change(admin, person.id, { role: 'viewer' }), 'forbidden');
    assert.equal(await here.people.remove(admin, person.id), 'forbidden');
    const invited = await here.people.invite(admin, { email: 'x@example.com', role: 'owner', workspaceIds: [] });
    assert.equal(invited, 'forbidden');
    const ends = await Promise.all([
      here.people.change(owner, person.id, { role: 'viewer' }),
      there.people.change(owner, 'owner', { role: 'viewer' }),
    ]);
    assert.deepEqual([...ends].sort(), ['changed', 'last-owner']);
    // As it was, for the other laws.
    await here.people.change(owner, 'owner', { role: 'owner' });
    await here.people.remove(owner, person.id);
    assert.equal(await here.people.remove(owner, 'owner'), 'last-owner');
    await otherStorage.close();
  });
}

/** What holds of invitations, however many processes there are. */
export function invitationLaws(bench: Bench): void {
  const { open, ownerOf } = openingOf(bench.world);

  test('a second invitation of an address takes the place of the first; a withdrawn or late one lets nobody in', async () => {
    const access = open(bench.storage);
    const owner = await ownerOf(access);
    const wish = { email: `twice-${++made}@example.com`, role: 'viewer' as const, workspaceIds: [] };
    const first = await access.people.invite(owner, wish);
    const second = await access.people.invite(owner, wish);
    assert.ok(typeof first === 'object' && typeof second === 'object');
    assert.equal(await access.people.invitation(first.token), null);
    assert.equal((await access.people.invitation(second.token))?.email, wish.email);
    assert.equal(await access.people.withdraw({ id: second.invitation.id, accountId: 'other' }), false);
    assert.equal(await access.people.withdraw({ id: second.invitation.id, accountId: 'owner' }), true);
    const late = await access.people.accept(second.token, { name: '', password: PASSWORD }, HERE);
    assert.ok('words' in late && late.field === 'token');
    const third = await access.people.invite(owner, wish);
    assert.ok(typeof third === 'object');
    bench.world.advance(7 * 24 * 3_600_000);
    assert.equal(await access.people.invitation(third.token), null);
  });
}

/** How passwords are tried and changed. */
export function passwordLaws(bench: Bench): void {
  const { open, ownerOf, join } = openingOf(bench.world);

  test('who guesses a password is told to wait, and keeps nobody out who comes from elsewhere', async () => {
    const access = open(bench.storage);
    const { person } = await join(access, 'viewer');
    const email = ` ${person.email?.toUpperCase()} `;
    const signIn = (password: string, client: Client = HERE, device: string | null = null) =>
      access.people.signIn({ email, password, device }, client);
    const right = await signIn(PASSWORD);
    assert.ok(typeof right === 'object' && 'id' in right && right.id === person.id);
    for (let tries = 0; tries < 10; tries++) assert.equal(await signIn('wrong'), 'wrong');
    const told = await signIn(PASSWORD);
    assert.ok(typeof told === 'object' && 'waitMs' in told && told.waitMs > 500_000, JSON.stringify(told));
    const elsewhere = await signIn(PASSWORD, ELSEWHERE);
    assert.ok(typeof elsewhere === 'object' && 'id' in elsewhere);
    const known = await signIn(PASSWORD, HERE, 'a browser that is known');
    assert.ok(typeof known === 'object' && 'id' in known);
    bench.world.advance(600_000);
    const later = await signIn(PASSWORD);
    assert.ok(typeof later === 'object' && 'id' in later);
    const nobody = await access.people.signIn({ email: 'nobody@example.com', password: PASSWORD, device: null }, HERE);
    assert.equal(nobody, 'wrong');
  });

  test('a new password ends the other sessions, and every link to another one', async () => {
    const access = open(bench.storage);
    const { person, session } = await join(access, 'admin');
    const second = await access.beginSession(person, 'password', ELSEWHERE);
    const link = await access.newReset(person);
    assert.equal((await access.people.sessionsOf(person.id)).length, 2);
    const wrong = await access.people.setPassword(person, { old: 'wrong', password: ANOTHER, session }, HERE);
    assert.equal(wrong?.field, 'old');
    const weak = await access.people.setPassword(
      person,
      { old: PASSWORD, password: 'passwordpassword', session },
      HERE,
    );
    assert.equal(weak?.field, 'password');
    assert.equal(await access.people.setPassword(person, { old: PASSWORD, password: ANOTHER, session }, HERE), null);
    const [left, ...others] = await access.people.sessionsOf(person.id);
    assert.deepEqual(
      [left?.address, left?.agent, left?.means, others.length],
      [HERE.address, HERE.agent, 'invitation', 0],
    );
    assert.ok(isFault(await access.find(headersOf(second.session))));
    assert.ok('words' in (await access.people.reset(link, PASSWORD)), 'the link is of before');

    const token = await access.newReset(person);
    assert.equal(await access.redeemSignIn(token), null, 'it lets nobody in');
    assert.ok('words' in (await access.people.reset(token, 'short')), 'a bad password does not use it up');
    const reset = await access.people.reset(token, PASSWORD);
    assert.ok('id' in reset);
    assert.ok('words' in (await access.people.reset(token, ANOTHER)), 'it works once');
    assert.ok(isFault(await access.find(headersOf(session))));
    const signed = await access.people.signIn({ email: person.email ?? '', password: PASSWORD, device: null }, HERE);
    assert.ok(typeof signed === 'object' && 'id' in signed);
  });

  test('an address is one person’s; a session is ended by its name, or all but one', async () => {
    const access = open(bench.storage);
    const owner = await ownerOf(access);
    const one = await join(access, 'viewer');
    const other = await join(access, 'viewer');
    assert.equal(await access.people.change(owner, one.person.id, { email: other.person.email }), 'taken');
    assert.equal(await access.people.change({ ...owner, accountId: 'other' }, one.person.id, { name: 'x' }), 'missing');
    await access.beginSession(one.person, 'link', ELSEWHERE);
    const [newest] = await access.people.sessionsOf(one.person.id);
    assert.equal(await access.people.endSessions(other.person.id, { hash: newest?.hash ?? '' }), 0);
    assert.equal(await access.people.endSessions(one.person.id, { hash: newest?.hash ?? '' }), 1);
    assert.equal(await access.people.endSessions(one.person.id, { but: null }), 1);
    assert.ok(isFault(await access.find(headersOf(one.session))));
  });
}

/** A second factor, from setting it up to having lost it. */
export function secondFactorLaws(bench: Bench): void {
  const { open, join } = openingOf(bench.world);

  test('a code of the authenticator works once, a code for emergencies too; who guesses waits', async () => {
    const access = open(
      bench.storage,
      openVault({ read: () => ['a master of the laws, long enough'], newRandom: newSecret, now: bench.world.now }),
    );
    const { person } = await join(access, 'member');
    const { secondFactors } = access;
    assert.equal(await secondFactors.ask(person, 'password'), null);
    const begun = await secondFactors.begin(person);
    assert.ok(begun);
    assert.equal(await secondFactors.ask(person, 'password'), null, 'nothing is asked before it is confirmed');
    assert.deepEqual(await secondFactors.begun(person), begun);
    const envelope = (await bench.storage.accessStore.people.secondFactor(person.id))?.envelope ?? '';
    assert.match(envelope, /^sw1\./);
    const codeNow = (): string => codeAt(secretIn(begun.secret), Math.floor(bench.world.now() / 30_000));
    assert.equal(await secondFactors.confirm(person, '000000'), null);
    const codes = await secondFactors.confirm(person, codeNow());
    assert.equal(codes?.length, 10);
    assert.equal(await secondFactors.begin(person), null, 'it is on');

    const token = (await secondFactors.ask(person, 'password')) ?? '';
    assert.equal(await secondFactors.answer(token, codeNow()), 'wrong', 'the code that switched it on was one');
    bench.world.advance(30_000);
    const answered = await Promise.all([1, 2].map(() => secondFactors.answer(token, codeNow())));
    assert.equal(answered.filter((answer) => typeof answer === 'object' && 'person' in answer).length, 1);
    const [emergency = ''] = codes ?? [];
    const other = await secondFactors.answer(token, ` ${emergency.toLowerCase()} `);
    assert.ok(typeof other === 'object' && 'person' in other);
    assert.equal(await secondFactors.answer(token, emergency), 'wrong', 'it works once');
    assert.equal(await secondFactors.answer(`${token.slice(0, -1)}x`, codeNow()), 'gone');
    assert.equal(await secondFactors.answer(token.replace(person.id, 'owner'), codeNow()), 'gone');
    for (let tries = 0; tries < 10; tries++) await secondFactors.answer(token, '000000');
    bench.world.advance(30_000);
    const told = await secondFactors.answer(token, codeNow());
    assert.ok(typeof told === 'object' && 'waitMs' in told);
    bench.world.advance(5 * 60_000);
    assert.equal(await secondFactors.answer(token, codeNow()), 'gone', 'five minutes are over');
    assert.equal(await secondFactors.remove(person, '000000'), false);
    assert.equal(await secondFactors.remove(person, codeNow()), true);
    assert.equal(await secondFactors.isOn(person.id), false);
  });
}

/** The bytes of a text in base 32 (RFC 4648). */
function secretIn(text: string): Buffer {
  const bits = [...text].map((character) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character).toString(2).padStart(5, '0'),
  );
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
