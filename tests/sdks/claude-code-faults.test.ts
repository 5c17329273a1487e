/**
 * How often Claude Code asks what is refused. By itself it sends a 400 or 422 again with less of what may have been the
 * matter, and only Anthropic's own words for a few reasons stop it (2.1.332; eighteen kinds of refusals were tried
 * 2026-11-29: type, status below 500 and `x-should-retry` change nothing).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { API_KEY, skipReason, startGateway } from '../gateway-process.ts';
import { installAgents } from './install-agents.ts';

const installed = installAgents();
const skip = skipReason('missing' in installed ? installed.missing : null);
const wrapper = join(
  'folder' in installed ? installed.folder : '',
  ...['node_modules', '@anthropic-ai', 'claude-code', 'cli-wrapper.cjs'],
);
const home = mkdtempSync(join(tmpdir(), 'switchwright-claude-'));
const gateway = await startGateway({ environment: { SWITCHWRIGHT_REQUEST_LOG: 'json' } });
after(async () => {
  await gateway.stop();
  rmSync(home, { recursive: true, force: true });
});

async function ask(model: string): Promise<{ readonly printed: string; readonly calls: number }> {
  const NOWHERE = 'http://127.0.0.1:9';
  const child = spawn(process.execPath, [wrapper, '-p', 'Hello', '--model', model], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: home,
      HTTP_PROXY: NOWHERE,
      HTTPS_PROXY: NOWHERE,
      NO_PROXY: '127.0.0.1',
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      ANTHROPIC_BASE_URL: `${gateway.origin}/api`,
      ANTHROPIC_AUTH_TOKEN: API_KEY,
      ANTHROPIC_SMALL_FAST_MODEL: model,
    },
    timeout: 600_000,
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (printed += bytes));
  const status = await new Promise((ended) => child.on('close', ended));
  assert.equal(status, 1, printed);
  const calls = gateway
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes(`"${model}"`));
  return { printed, calls: calls.length };
}

describe('Claude Code', { skip }, () => {
  test('asks once what is refused for its content, and says why', async () => {
    const { printed, calls } = await ask('sandbox/content-filter');
    assert.match(printed, /refused by the content policy\. \(Output blocked by content filtering policy\)/);
    assert.equal(calls, 1);
  });
  test('asks once what is too long', async () => {
    const { printed, calls } = await ask('sandbox/context-too-long');
    assert.match(printed, /Prompt is too long/);
    assert.equal(calls, 1);
  });
  test('hears at once of a provider that does not take our key', async () => {
    const { printed, calls } = await ask('sandbox/error-401');
    assert.match(printed, /502 The sandbox does not accept this key/);
    assert.equal(calls, 1);
  });
  test('asks any other 400 again in three other ways: nothing that is true stops it', async () => {
    const { printed, calls } = await ask('sandbox/error-400');
    assert.match(printed, /400 The sandbox refuses this request as malformed/);
    assert.equal(calls, 4);
  });
});
