import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redact, withoutPaths } from './redact.ts';

test('what looks like a credential is hidden, whole or masked', () => {
  for (const secret of [
    'sk-abcd****************wxyz',
    'gsk_ABCDEF0123456789',
    'AIzaSyA1234567890abc',
    'Bearer abc.def-123456',
    'AKIAABCDEFGHIJKLMNOP',
  ])
    assert.equal(redact(`Key ${secret} is wrong`), 'Key [redacted] is wrong', secret);
});

test('ordinary words stay', () => {
  const text = 'The basic plan of sk-8 needs a task-specific risk-free bearer.';
  assert.equal(redact(text), text);
});

test('paths of this machine are no caller’s affair; what is part of an address stays', () => {
  for (const [text, told] of [
    [
      "ENOENT: no such file or directory, open '/opt/gateway/data/x.toml'",
      "ENOENT: no such file or directory, open '[path]'",
    ],
    ['Cannot find module file:///srv/app/src/main.ts', 'Cannot find module [path]'],
    ['open C:\\gateway\\x.ts failed', 'open [path] failed'],
    ['connect ECONNREFUSED 127.0.0.1:9', 'connect ECONNREFUSED 127.0.0.1:9'],
    ['https://host.example/a/b is no image/png', 'https://host.example/a/b is no image/png'],
  ] as const)
    assert.equal(withoutPaths(text), told);
});
