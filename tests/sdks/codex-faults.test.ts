/** How often Codex asks for one turn, by what goes wrong: each fault that no further try can mend is asked once. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { API_KEY, MANAGEMENT_KEY, skipReason, startGateway } from '../gateway-process.ts';
import { installAgents } from './install-agents.ts';

const installed = installAgents();
const skip = skipReason('missing' in installed ? installed.missing : null);
/** What costs nothing no key is too poor for; nobody is asked at this address. */
const gateway = await startGateway({
  catalogue: {
    'providers/nobody.toml': 'base_url = "http://127.0.0.1:9/v1"\nauth = { scheme = "none" }\n',
    'models/nobody/dear.toml':
      'name = "Dear"\ncontext = 200_000\n[endpoints.nobody]\nprice = { input = "1", output = "2" }\n',
  },
});
const home = mkdtempSync(join(tmpdir(), 'switchwright-codex-'));

/** Between Codex and the gateway: passes everything on and counts the calls, with what each was answered. */
const answered: string[] = [];
const between = createServer((incoming, outgoing) => {
  const passed = request(
    `${gateway.origin}${incoming.url}`,
    { method: incoming.method, headers: incoming.headers },
    (answer) => {
      if (incoming.method === 'POST')
        answered.push(`${answer.statusCode} ${answer.headers['retry-after'] ?? ''}`.trim());
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    },
  );
  passed.on('error', () => outgoing.destroy());
  incoming.pipe(passed);
});
await new Promise<void>((done) => between.listen(0, '127.0.0.1', done));
after(async () => {
  between.closeAllConnections();
  between.close();
  await gateway.stop();
  rmSync(home, { recursive: true, force: true });
});

type Turn = { readonly requests: number; readonly answered: readonly string[]; readonly said: string };

async function turnOf(model: string, key = API_KEY): Promise<Turn> {
  const folder = mkdtempSync(join(home, 'work-'));
  const { port } = between.address() as AddressInfo;
  mkdirSync(join(folder, '.codex'));
  const provider = `[model_providers.gateway]\nname = "Gateway"\nbase_url = "http://127.0.0.1:${port}/api/v1"\nwire_api = "responses"\nenv_key = "KEY"\n`;
  writeFileSync(
    join(folder, '.codex', 'config.toml'),
    `check_for_update_on_startup = false\nmodel = "${model}"\nmodel_provider = "gateway"\n${provider}[analytics]\nenabled = false\n`,
  );
  answered.length = 0;
  const nowhere = 'http://127.0.0.1:9';
  const program = join(
    'folder' in installed ? installed.folder : '',
    'node_modules',
    '@openai',
    'codex',
    'bin',
    'codex.js',
  );
  const child = spawn(process.execPath, [program, 'exec', '--skip-git-repo-check', 'Greet me.'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      CODEX_HOME: join(folder, '.codex'),
      KEY: key,
      HTTP_PROXY: nowhere,
      HTTPS_PROXY: nowhere,
      NO_PROXY: '127.0.0.1',
    },
    timeout: 110_000,
  });
  let said = '';
  child.stdout.on('data', (bytes) => (said += bytes));
  child.stderr.on('data', (bytes) => (said += bytes));
  await new Promise((ended) => child.on('close', ended));
  return { requests: answered.length, answered: [...answered], said };
}

async function poorKey(): Promise<string> {
  const response = await fetch(`${gateway.base}/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'poor', limit: 0 }),
  });
  return ((await response.json()) as { key: string }).key;
}

const ONCE: readonly { readonly name: string; readonly model: string; readonly says: RegExp }[] = [
  {
    name: 'a prompt beyond the window',
    model: 'sandbox/context-too-long',
    says: /ran out of room in the model's context/,
  },
  { name: 'a vendor without credit', model: 'sandbox/error-402', says: /Quota exceeded/ },
  { name: 'a vendor at its limits', model: 'sandbox/error-503', says: /at capacity/ },
  { name: 'a request that the vendor refuses', model: 'sandbox/error-400', says: /error/i },
  { name: 'a key that the vendor refuses', model: 'sandbox/error-401', says: /error/i },
  { name: 'a right that the vendor refuses', model: 'sandbox/error-403', says: /error/i },
  { name: 'a model that nobody has', model: 'nobody/nothing', says: /nothing/ },
];

describe('Codex', { skip }, () => {
  for (const { name, model, says } of ONCE)
    test(`${name} is asked once, and said for what it is`, async () => {
      const { requests, said } = await turnOf(model);
      assert.equal(requests, 1, said.slice(-2_000));
      assert.match(said, says);
    });

  test('a key whose limit is reached asks once', async () => {
    const { requests, said } = await turnOf('nobody/dear', await poorKey());
    assert.equal(requests, 1, said.slice(-2_000));
    assert.match(said, /Quota exceeded/);
  });

  test('a rate limit says when to ask again, and is asked again', async () => {
    const turn = await turnOf('sandbox/error-429');
    assert.ok(turn.requests > 1, turn.said.slice(-2_000));
    for (const one of turn.answered) assert.match(one, /^429 \d+$/);
  });

  test('a stream that breaks off is asked for again', async () => {
    const turn = await turnOf('sandbox/cut-stream');
    assert.ok(turn.requests > 1, turn.said.slice(-2_000));
    assert.deepEqual([...new Set(turn.answered)], ['200']);
  });
});
