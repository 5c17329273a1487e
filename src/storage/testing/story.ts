/**
 * A store as some weeks of use and a sudden death leave it, told by whatever version this is: two months of receipts,
 * keys of every sort, a payment, somebody signed in, a receipt on its way, a job, and a call under way when the process dies.
 * Arguments: the data folder and, for PostgreSQL, the database's address. `write-fixture.ts` keeps what it leaves.
 */
import { openAccess } from '../../access/access.ts';
import { prepareAccess } from '../../access/prepare.ts';
import type { World } from '../../base/world.ts';
import { accountScope, keyScope, workspaceScope } from '../../facts/scope.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { openStorage } from '../open.ts';
import { heldBy } from './bench.ts';
import { clockWorld } from './clock.ts';
import { cents, jobOf, receiptOf, requestOf } from './sample.ts';

const [, , dataDirectory = '', databaseUrl] = process.argv;
const clock = clockWorld(Date.UTC(2026, 9, 31, 12));
let ids = 0;
const world: World = { ...clock, newId: (prefix) => `${prefix}-story-${++ids}` };
let secrets = 0;
const newSecret = (): string => String(++secrets).padStart(4, '0').padEnd(64, '0');

const storage = await openStorage({ world, dataDirectory, databaseUrl });
const store = storage.accessStore;
await prepareAccess({
  store,
  world,
  newSecret,
  apiKey: 'sk-operator-of-the-story',
  managementKey: 'sk-management-of-the-story',
});
const access = openAccess({ store, world, newSecret });
const ledger = openLedger(storage.ledgerStore, world);

type Owner = { readonly hash: string; readonly workspaceId: string };
let calls = 0;
const requestOn = ({ hash, workspaceId }: Owner, amount: number) => ({
  ...requestOf(`gen-story-${++calls}`, hash, cents(amount), world.now()),
  workspaceId,
  scopes: [keyScope(hash), workspaceScope(workspaceId), accountScope('owner')],
});
async function spend(owner: Owner, amount: number): Promise<void> {
  const request = requestOn(owner, amount + 1);
  const hold = await heldBy(ledger, request);
  hold.dispatched('author/model@host');
  await hold.settle(receiptOf(request, cents(amount)));
}

const secretOf = (digit: number): string => `sk-sw-v1-${String(digit).repeat(64)}`;
const create = async (name: string, digit: number, wish: object = {}): Promise<Owner> =>
  (await access.keys.create({ name, secret: secretOf(digit), ...wish })).key;

await ledger.credit({ id: 'payment-1', accountId: 'owner', amount: cents(500), reason: 'a payment' });
const ever = await create('ever', 1, { limit: cents(100), creatorUserId: 'someone' });
const daily = await create('daily', 2, {
  limit: cents(10),
  limitReset: 'daily',
  includeByokInLimit: true,
  expiresAt: Date.UTC(2027, 0, 1),
});
const off = await create('off', 3);
await access.keys.change(off.hash, { disabled: true });
const gone = await create('gone', 4);
const session = await access.redeemSignIn(await access.newSignIn('owner'));
await access.newSignIn('owner');
if (session === null) throw new Error('nobody is signed in');

await spend(ever, 30);
await spend(daily, 4);
await spend(gone, 1);
await access.keys.remove(gone.hash);
clock.advance(29 * 24 * 3_600_000); // noon of 29 November
await create('counted', 5, { counts: { requests: 600, calls: 4 } });
const team = await access.workspaces.create(
  { name: 'Team', slug: 'team', description: null },
  { accountId: 'owner', createdBy: null },
);
if (team === null) throw new Error('there is a team already');
await access.budgets.put(
  [{ scope: workspaceScope(team.id), source: '', interval: 'monthly', amount: cents(50), withByok: false }],
  world.now(),
);
const member = await create('member', 6, { workspaceId: team.id });
const boss = await access.callerOf('console', 'owner');
if ('code' in boss) throw new Error('there is no owner');
await access.people.invite(boss, { email: 'ada@example.com', role: 'admin', workspaceIds: [team.id] });
await storage.outbox.register([{ id: 'everywhere', workspaceId: null }]);
await spend(daily, 3);
await spend(member, 2);
await storage.audit(); // what came before stands in the tables, what comes now in the journal

const open = requestOn(ever, 10); // a cent of it for the prompt
const hold = await heldBy(ledger, open);
hold.dispatched('author/model@host');
await hold.durable;
hold.checkpoint(cents(2));
await storage.jobs.begin(jobOf('job-story-1', { deadlineMs: 0 }), null);
await spend(daily, 1);
process.kill(process.pid, 'SIGKILL');
