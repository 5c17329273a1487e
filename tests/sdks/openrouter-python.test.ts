/** Everything that can be read, through OpenRouter's SDK for Python, whose models refuse an answer that lacks a field. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { API_KEY, MANAGEMENT_KEY, skipReason, startGateway } from '../gateway-process.ts';
import { pythonWithOpenRouter } from './python.ts';

/** A sandbox's model at a price, so that something is spent. */
const PAID = '[endpoints.sandbox]\nupstream_id = "echo"\nprice = { input = "1", output = "1" }\n';
const found = pythonWithOpenRouter();
const skip = skipReason('missing' in found ? found.missing : null);
const gateway = skip === false ? await startGateway({ catalogue: { 'models/acme/paid.toml': PAID } }) : null;
after(() => gateway?.stop());

test('every read operation of openrouter for Python', { skip }, async () => {
  assert.ok(gateway && 'python' in found);
  const answer = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify({ model: 'acme/paid', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  const { id } = (await answer.json()) as { readonly id: string };
  const program = join(import.meta.dirname, 'read_everything.py');
  const child = spawn(found.python, [program, gateway.base, API_KEY, MANAGEMENT_KEY, id], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const lines = said.trim().split('\n');
  assert.deepEqual(
    lines.filter((line) => !line.endsWith(' ok')),
    [],
    complaints,
  );
  assert.equal(lines.length, 31, complaints);
});
