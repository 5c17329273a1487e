import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TOLD_COLUMNS } from './audited.ts';
import { SEALED_COLUMNS } from './secret-store.ts';

test('no column of a secret is told in the audit log', () => {
  const secrets = [
    ...SEALED_COLUMNS,
    { table: 'person', column: 'password' },
    { table: 'session', column: 'hash' },
    { table: 'sign_in', column: 'hash' },
    { table: 'invitation', column: 'hash' },
    { table: 'auth_code', column: 'hash' },
    { table: 'auth_code', column: 'challenge' },
  ];
  for (const { table, column } of secrets)
    assert.ok(!Object.entries(TOLD_COLUMNS).some(([name, told]) => name === table && told.includes(column)), column);
});
