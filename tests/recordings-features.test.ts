import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { skipRecordings } from './recordings.ts';
import { countRecordings } from './recordings-features.ts';

test('the committed counts are those of the recordings', { skip: skipRecordings }, () => {
  const committed = JSON.parse(readFileSync(join(import.meta.dirname, 'matrix/recordings.json'), 'utf8'));
  assert.deepEqual(JSON.parse(JSON.stringify(countRecordings())), committed, 'run `node tools/conformance.ts --count`');
});
