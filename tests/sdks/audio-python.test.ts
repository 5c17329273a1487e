/** Speech and transcripts through the libraries for Python of OpenAI and OpenRouter, with the sandbox behind the gateway. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { API_KEY, skipReason, startGateway } from '../gateway-process.ts';
import { pythonWithOpenAI, pythonWithOpenRouter } from './python.ts';

const PROGRAM = join(import.meta.dirname, 'audio.py');
const LIBRARIES = { openai: pythonWithOpenAI(), openrouter: pythonWithOpenRouter() };
const gateway = await startGateway();
after(() => gateway.stop());

for (const [library, found] of Object.entries(LIBRARIES))
  test(`${library} for Python speaks, and hears what was spoken`, {
    skip: skipReason('missing' in found ? found.missing : null),
  }, async () => {
    assert.ok('python' in found);
    const child = spawn(found.python, [PROGRAM, gateway.base, API_KEY, library], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [said, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
    assert.equal(said.trim(), `${library} ok`, complaints);
  });
