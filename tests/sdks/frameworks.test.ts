/** The files of docs/frameworks, run as they are against a gateway and its sandbox. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { API_KEY, ENVIRONMENT, skipReason, startGateway } from '../gateway-process.ts';
import { pythonWithOpenAI } from './python.ts';

const folder = resolve(import.meta.dirname, '../../docs/frameworks');
const gateway = await startGateway();
after(() => gateway.stop());

const installed = pythonWithOpenAI();
const hasCurl = spawnSync('curl', ['--version']).status === 0;
/** What runs a file of each kind, or why nothing does. */
const RUNNERS: { readonly [extension: string]: { readonly program: string } | { readonly missing: string } } = {
  '.ts': { program: process.execPath },
  '.py': 'python' in installed ? { program: installed.python } : installed,
  '.sh': hasCurl ? { program: 'sh' } : { missing: 'there is no curl' },
};

describe('docs/frameworks', { concurrency: true }, () => {
  for (const file of readdirSync(folder)) {
    const runner = RUNNERS[extname(file)] ?? { missing: `nothing runs ${file}` };
    test(`${file} runs as it is`, { skip: skipReason('missing' in runner ? runner.missing : null) }, async () => {
      assert('program' in runner);
      const child = spawn(runner.program, [join(folder, file)], {
        env: {
          ...ENVIRONMENT,
          SWITCHWRIGHT_BASE_URL: gateway.origin,
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
