import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The OpenAI SDK for Python that the tests run programs with. */
const OPENAI_VERSION = '3.51.0';
const INSTALL_MS_MAX = 180_000;

/** A Python that can `import openai`, made once outside the repository; or why there is none. */
export function pythonWithOpenAI(): { readonly python: string } | { readonly missing: string } {
  const folder = join(tmpdir(), `switchwright-python-${OPENAI_VERSION}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return { python };
  if (spawnSync('python3', ['--version']).status !== 0) return { missing: 'there is no python3' };
  const fresh = mkdtempSync(`${folder}-`);
  const install = [
    ['python3', '-m', 'venv', fresh],
    [join(fresh, 'bin', 'python'), '-m', 'pip', 'install', '--quiet', '--retries', '1', `openai==${OPENAI_VERSION}`],
  ];
  for (const [program = '', ...words] of install) {
    const done = spawnSync(program, words, { timeout: INSTALL_MS_MAX, encoding: 'utf8' });
    if (done.status === 0) continue;
    rmSync(fresh, { recursive: true, force: true });
    const reason = (done.stderr || done.stdout || done.error?.message || '').trim().split('\n').at(-1);
    return { missing: `openai ${OPENAI_VERSION} for Python could not be installed: ${reason}` };
  }
  try {
    renameSync(fresh, folder);
  } catch {
    // Another test file was faster.
    rmSync(fresh, { recursive: true, force: true });
  }
  return { python };
}
