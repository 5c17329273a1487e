/** The gateway under attack, with providers on this machine, and the proof that it came out of it unharmed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { API_KEY, ENVIRONMENT, type GatewayProcess, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';

/** Code that ran for the first time, pools, counters and caches at their size. */
const GROWTH_MIB_MAX = 16;

export const PROVIDER_KEY = 'hostile-provider-credential-0123456789';
const main = resolve(import.meta.dirname, '../../src/main.ts');

export type Subject = {
  readonly gateway: GatewayProcess;
  /** Checks that the process lives, kept quiet and holds nothing of what it was sent, then stops it and audits its books. */
  readonly proveUnharmed: () => Promise<void>;
};

export type SubjectOptions = {
  readonly catalogue?: { readonly [path: string]: string };
  readonly environment?: { readonly [name: string]: string };
};

export async function startSubject({ catalogue, environment }: SubjectOptions = {}): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'switchwright-hostile-'));
  const gateway = await startGateway({
    folder,
    ...(catalogue && { catalogue }),
    environment: { HOSTILE_API_KEY: PROVIDER_KEY, ...environment },
  });
  const before = await gateway.kept();
  const proveUnharmed = async (): Promise<void> => {
    try {
      const healthy = await fetch(`${gateway.origin}/healthz`);
      assert.equal(healthy.status, 200);
      assertBounded(before, await gateway.kept(), GROWTH_MIB_MAX);
      assert.equal(await gateway.stop(), 0);
      assertQuiet(gateway.output());
      const audit = spawnSync(process.execPath, [main, 'audit'], {
        cwd: folder,
        encoding: 'utf8',
        env: { ...ENVIRONMENT, HOME: folder, SWITCHWRIGHT_DATA_DIR: join(folder, 'data') },
      });
      assert.equal(audit.status, 0, audit.stdout + audit.stderr);
    } finally {
      await gateway.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  };
  return { gateway, proveUnharmed };
}

/** No surprise, no stack trace, and none of the secrets in what the process printed. */
function assertQuiet(output: string): void {
  assert.doesNotMatch(output, /unhandled|uncaught|failed inside|warning:|\n\s+at .+:\d+:\d+/i);
  for (const secret of [PROVIDER_KEY, API_KEY, MANAGEMENT_KEY]) assert(!output.includes(secret), 'a key was printed');
}

export function assertBounded(before: number, after: number, growthMaxMiB: number): void {
  assert(after - before < growthMaxMiB, `what is held grew from ${before.toFixed(1)} to ${after.toFixed(1)} MiB`);
}
