import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { ENVIRONMENT, type GatewayProcess } from '../gateway-process.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');

export type Ran = { readonly code: number | null; readonly output: string };

/** A command beside a gateway, on its store; `input` is what it reads. */
export function runCli(
  { folder }: Pick<GatewayProcess, 'folder'>,
  words: readonly string[],
  environment: { readonly [name: string]: string },
  input = '',
): Promise<Ran> {
  const child = spawn(process.execPath, [main, ...words], {
    cwd: folder,
    env: {
      ...ENVIRONMENT,
      HOME: folder,
      SWITCHWRIGHT_DATA_DIR: join(folder, 'data'),
      SWITCHWRIGHT_CATALOG: join(folder, 'catalogue'),
      SWITCHWRIGHT_LOCAL_SERVERS: '0',
      ...environment,
    },
  });
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
  });
  child.stderr.on('data', (bytes) => {
    output += bytes;
  });
  child.stdin.end(input);
  return new Promise((done) => child.once('close', (code) => done({ code, output })));
}
