/** The files of docs/frameworks, run as their page shows them against a gateway and its sandbox. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { FRAMEWORKS, snippet } from '#src/http/pages/docs/frameworks.ts';
import { API_KEY, ENVIRONMENT, skipReason, startGateway } from '../gateway-process.ts';
import { pythonWithOpenAI } from './python.ts';

const gateway = await startGateway();
const folder = mkdtempSync(join(tmpdir(), 'switchwright-frameworks-'));
symlinkSync(resolve(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'));
after(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

const installed = pythonWithOpenAI();
const hasCurl = spawnSync('curl', ['--version']).status === 0;
/** What runs a file of each kind, or why nothing does. */
const RUNNERS: { readonly [extension: string]: { readonly program: string } | { readonly missing: string } } = {
  '.ts': { program: process.execPath },
  '.py': 'python' in installed ? { program: installed.python } : installed,
  '.sh': hasCurl ? { program: 'sh' } : { missing: 'there is no curl' },
};

describe('docs/frameworks', { concurrency: true }, () => {
  test('none is left out of the page', () => {
    assert.deepEqual(
      FRAMEWORKS.map(({ file }) => file).sort(),
      readdirSync(resolve(import.meta.dirname, '../../docs/frameworks')).sort(),
    );
  });
  for (const { file } of FRAMEWORKS) {
    const runner = RUNNERS[extname(file)] ?? { missing: `nothing runs ${file}` };
    test(`${file} runs as it is shown`, { skip: skipReason('missing' in runner ? runner.missing : null) }, async () => {
      assert('program' in runner);
      writeFileSync(join(folder, file), snippet(file, gateway.origin));
      const child = spawn(runner.program, [join(folder, file)], {
        env: {
          ...ENVIRONMENT,
          SWITCHWRIGHT_API_KEY: API_KEY,
          MODEL: 'sandbox/echo',
        },
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += bytes));
      assert.equal(await new Promise((ended) => child.on('close', ended)), 0, output);
      const said = file.endsWith('.sh') ? JSON.parse(output).choices[0].message.content : output.trim();
      assert.equal(said, 'Say hello in one word.');
    });
  }
});
