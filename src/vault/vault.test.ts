import assert from 'node:assert/strict';
import { createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Hidden } from '../base/hidden.ts';
import { masterIdOf, open, seal } from './envelope.ts';
import { masterOf } from './master.ts';
import { openVault, type Secrets } from './vault.ts';

const PLACE = { table: 'provider_key', column: 'secret', row: 'f0' };
const SECRET = 'sk-proj-ein Schlüssel\nmit Zeilen 𝄞 \0';
const master = masterOf('a'.repeat(40));

test('what is sealed opens in its place, and is nowhere to be read in the envelope', () => {
  const envelope = seal(master, PLACE, SECRET, randomBytes(32));
  assert.equal(open(master, PLACE, envelope), SECRET);
  assert.equal(masterIdOf(envelope), master.id);
  assert.ok(!Buffer.from(envelope.split('.')[2] ?? '', 'base64url').includes('sk-proj'));
  assert.equal(open(master, PLACE, seal(master, PLACE, '', randomBytes(32))), '', 'also nothing at all');
  const long = 'x'.repeat(100_000);
  assert.equal(open(master, PLACE, seal(master, PLACE, long, randomBytes(32))), long);
});

test('the envelope is what its format says: HKDF-SHA-256, AES-256-GCM, bound to master, table, column and row', () => {
  const envelope = seal(master, PLACE, SECRET, randomBytes(32));
  const salt = createHash('sha256').update('switchwright vault 1').digest();
  const key = Buffer.from(hkdfSync('sha256', 'a'.repeat(40), salt, 'key of provider_key.secret', 32));
  const bytes = Buffer.from(envelope.split('.')[2] ?? '', 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAAD(Buffer.from(`sw1\n${master.id}\nprovider_key\nsecret\nf0`));
  decipher.setAuthTag(bytes.subarray(-16));
  assert.equal(Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString(), SECRET);
});

test('it opens nowhere else: not in another row, column or table, nor by another master', () => {
  const envelope = seal(master, PLACE, SECRET, randomBytes(32));
  for (const other of [
    { ...PLACE, row: 'f1' },
    { ...PLACE, column: 'label' },
    { ...PLACE, table: 'destination' },
    { table: 'provider_key', column: 'secret\nf0', row: '' },
  ])
    assert.equal(open(master, other, envelope), null);
  const another = masterOf('b'.repeat(40));
  assert.equal(open(another, PLACE, envelope), null);
  assert.equal(open(another, PLACE, envelope.replace(master.id, another.id)), null, 'whatever it says of itself');
});

test('whoever changes one bit of it, or cuts it, has nothing', () => {
  const envelope = seal(master, PLACE, SECRET, randomBytes(32));
  const [format, id, body = ''] = envelope.split('.');
  const bytes = Buffer.from(body, 'base64url');
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.equal(open(master, PLACE, `${format}.${id}.${changed.toString('base64url')}`), null, String(at));
  }
  for (const length of [0, 1, 11, 12, 27, 28, bytes.length - 1])
    assert.equal(open(master, PLACE, `${format}.${id}.${bytes.subarray(0, length).toString('base64url')}`), null);
  for (const nonsense of ['', 'sw1..', `sw2${envelope.slice(3)}`, `${envelope}\n`, 'x'.repeat(1_000_000)])
    assert.equal(open(master, PLACE, nonsense), null);
});

test('the same text is sealed differently each time, and each purpose has a key of its own', () => {
  const envelopes = new Set(Array.from({ length: 100 }, () => seal(master, PLACE, SECRET, randomBytes(32))));
  assert.equal(envelopes.size, 100);
  assert.notDeepEqual(master.keyFor('provider_key.secret'), master.keyFor('destination.secret'));
  assert.equal(master.keyFor('x').length, 32);
  assert.throws(() => seal(master, PLACE, SECRET, randomBytes(11)), /12 random bytes/);
});

test('a vault seals by the first secret and opens by all; new ones are read when they are met', () => {
  let secrets: Secrets = ['first-secret-of-this-gateway-0000'];
  let now = 0;
  const newRandom = () => randomBytes(32).toString('hex');
  const vault = openVault({ read: () => secrets, newRandom, now: () => now });
  const sealed = vault.seal(PLACE, new Hidden(SECRET));
  assert.ok(sealed.ok);
  secrets = ['second-secret-of-this-gateway-000', ...secrets];
  const other = openVault({ read: () => secrets, newRandom, now: () => now });
  const anew = other.seal(PLACE, new Hidden(SECRET));
  assert.ok(anew.ok);
  assert.deepEqual(vault.open(PLACE, anew.value), { ok: false, error: 'no such master' }, 'not read again so soon');
  now = 1_000;
  const opened = vault.open(PLACE, anew.value);
  assert.ok(opened.ok && opened.value.reveal() === SECRET);
  assert.ok(vault.open(PLACE, sealed.value).ok);
  assert.equal(vault.current()?.id, masterOf(secrets[0] ?? '').id);
  assert.deepEqual(vault.open({ ...PLACE, row: 'other' }, anew.value), { ok: false, error: 'not sealed here' });
  secrets = [];
  vault.refresh();
  assert.equal(vault.seal(PLACE, new Hidden(SECRET)).ok, false);
});

test('a hidden text shows itself to nobody who does not ask for it', () => {
  const hidden = new Hidden('sk-secret');
  const shown = [
    String(hidden),
    JSON.stringify({ hidden }),
    inspect(hidden),
    inspect({ a: [hidden] }, { showHidden: true }),
  ];
  for (const text of [...shown, `${hidden}`, Object.values(hidden).join()])
    assert.ok(!text.includes('sk-secret'), text);
  assert.equal(hidden.reveal(), 'sk-secret');
});
