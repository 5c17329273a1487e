import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INSTALL_MS_MAX = 120_000;

/** A package in one exact version, installed once outside the repository without running its scripts; or why not. */
export function installPackage(
  name: string,
  version: string,
): { readonly folder: string } | { readonly missing: string } {
  const folder = join(tmpdir(), `switchwright-npm-${name.replace(/\W+/g, '-')}-${version}`);
  const installed = join(folder, 'node_modules', name);
  if (existsSync(folder)) return { folder: installed };
  const fresh = mkdtempSync(`${folder}-`);
  writeFileSync(join(fresh, 'package.json'), '{"private":true}');
  const words = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${version}`];
  const done = spawnSync('npm', words, { cwd: fresh, timeout: INSTALL_MS_MAX, encoding: 'utf8' });
  if (done.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    const reason = (done.stderr || done.error?.message || '').trim().split('\n').at(0);
    return { missing: `${name} ${version} could not be installed: ${reason}` };
  }
  try {
    renameSync(fresh, folder);
  } catch {
    // Another test file was faster.
    rmSync(fresh, { recursive: true, force: true });
  }
  return { folder: installed };
}
