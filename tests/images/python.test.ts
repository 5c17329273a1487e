/** Pictures through the SDKs for Python, drawn by the sandbox. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { API_KEY, skipReason, startGateway } from '../gateway-process.ts';
import { pythonWithOpenAI, pythonWithOpenRouter } from '../sdks/python.ts';

const gateway = await startGateway();
after(() => gateway.stop());

for (const [name, found] of [
  ['openai', pythonWithOpenAI()],
  ['openrouter', pythonWithOpenRouter()],
] as const)
  test(`${name} for Python draws`, { skip: skipReason('missing' in found ? found.missing : null) }, async () => {
    assert.ok('python' in found);
    const program = join(import.meta.dirname, 'draw.py');
    const child = spawn(found.python, [program, name, gateway.base, API_KEY], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [said, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
    assert.equal(
      said
        .trim()
        .split('\n')
        .filter((line) => line.endsWith(' ok')).length,
      4,
      said + complaints,
    );
  });
