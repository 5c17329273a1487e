import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const FILES = ['package.json', 'package-lock.json', '.npmrc'] as const;
const INSTALL_MS_MAX = 300_000;

/** The folder that holds the agents of `agents/package-lock.json`, filled once outside the repository; or why not. */
export function installAgents(): { readonly folder: string } | { readonly missing: string } {
  const from = resolve(import.meta.dirname, 'agents');
  const version = createHash('sha256')
    .update(readFileSync(join(from, 'package-lock.json')))
    .digest('hex');
  const folder = join(tmpdir(), `switchwright-agents-${version.slice(0, 12)}`);
  if (existsSync(folder)) return { folder };
  const fresh = mkdtempSync(`${folder}-`);
  for (const file of FILES) copyFileSync(join(from, file), join(fresh, file));
  const done = spawnSync('npm', ['ci'], { cwd: fresh, timeout: INSTALL_MS_MAX, encoding: 'utf8' });
  if (done.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    const reason = (done.stderr || done.error?.message || '').trim().split('\n').at(0);
    return { missing: `the coding agents could not be installed: ${reason}` };
  }
  try {
    renameSync(fresh, folder);
  } catch {
    // Another run was faster.
    rmSync(fresh, { recursive: true, force: true });
  }
  return { folder };
}
