import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LIMITS } from '../base/limits.ts';
import type { CodeRun } from '../facts/code-runner.ts';
import { openCodeRunners } from './code-runner.ts';
import { codeOf } from './code-settings.ts';

const LIMITED = { shell: ['/bin/sh', '-s'], code: null, timeoutMs: 60_000, memoryKb: 65_536 };
type Settings = Parameters<typeof openCodeRunners>[0];

function run(text: string, settings: Partial<Settings> = {}, cancel?: (give: () => void) => void): Promise<CodeRun> {
  const { shell } = openCodeRunners({ ...LIMITED, ...settings });
  assert.ok(shell);
  return shell(text, { onCancel: (give) => cancel?.(give) });
}

/** Until no process has this number any more, or it is dead and nobody has looked after it. */
async function gone(pid: number): Promise<void> {
  for (let tries = 0; tries < 2_000; tries++) {
    try {
      process.kill(pid, 0);
      if (/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return;
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`${pid} goes on`);
}

test('a script is run, with its output and how it ended', async () => {
  const ran = await run('echo out; echo err >&2; exit 3');
  assert.deepEqual(ran, { stdout: 'out\n', stderr: 'err\n', exitCode: 3, stopped: null });
});

test('it sees nothing of the gateway: no environment, an empty folder, a limit of memory', async () => {
  process.env.SWITCHWRIGHT_TEST_SECRET = 'sesame';
  try {
    const { stdout } = await run('env; ls -A | wc -l; ulimit -v; pwd');
    assert.ok(!stdout.includes('sesame'), stdout);
    assert.match(stdout, /^0\n65536\n.*switchwright-run-/m);
    const folder = stdout.trim().split('\n').at(-1);
    const again = await run(`test -e ${folder} && echo there`);
    assert.equal(again.stdout, '', 'the folder is gone');
  } finally {
    delete process.env.SWITCHWRIGHT_TEST_SECRET;
  }
});

test('one that does not end is killed with all that it began', async () => {
  const ran = await run('sleep 1000 & echo $!; wait', { timeoutMs: 2_000 });
  assert.equal(ran.stopped, 'timeout');
  assert.equal(ran.exitCode, null);
  if (ran.stdout !== '') await gone(Number(ran.stdout));
});

test('what it leaves behind is killed, and nobody waits for it', async () => {
  const ran = await run('sleep 1000 & echo $!');
  assert.deepEqual([ran.exitCode, ran.stopped], [0, null]);
  await gone(Number(ran.stdout));
});

test('one that writes without end is ended, and so much of it is kept', async () => {
  const ran = await run('while :; do echo 0123456789012345678901234567890123456789; done');
  assert.equal(ran.stopped, 'output');
  assert.equal(ran.stdout.length, LIMITS.code_output_bytes_max);
});

test('one that is given up is killed', async () => {
  const ran = await run('sleep 1000', {}, (give) => setImmediate(give));
  assert.equal(ran.stopped, 'cancelled');
});

test('a command that cannot be started is told; a script that is not read hurts nobody', async () => {
  const lost = await run('echo', { shell: ['/nonexistent/command'], memoryKb: null });
  assert.match(lost.failure ?? '', /could not be started/);
  const deaf = await run('x'.repeat(1_000_000), { shell: ['/bin/true'] });
  assert.equal(deaf.exitCode, 0);
});

test('so many run at once, and no more', async () => {
  const { shell } = openCodeRunners(LIMITED);
  const gives: (() => void)[] = [];
  const runs = Array.from({ length: LIMITS.code_runs_at_once_max }, () =>
    shell?.('sleep 1000', { onCancel: (give) => gives.push(give) }),
  );
  const beyond = await shell?.('echo', { onCancel: () => {} });
  assert.match(beyond?.failure ?? '', /at once/);
  for (let turns = 0; turns < 5_000 && gives.length < runs.length; turns++)
    await new Promise((resolve) => setTimeout(resolve, 2));
  for (const give of gives) give();
  for (const one of await Promise.all(runs)) assert.equal(one?.stopped, 'cancelled');
  assert.equal((await shell?.('echo', { onCancel: () => {} }))?.exitCode, 0, 'there is room again');
});

test('a command line is words, which quotes keep together', () => {
  const { shell, code, memoryKb } = codeOf({
    SWITCHWRIGHT_SHELL_COMMAND: `box --name='a b' "c d" e`,
    SWITCHWRIGHT_CODE_MEMORY_MB: '0',
  });
  assert.deepEqual(shell, ['box', '--name=a b', 'c d', 'e']);
  assert.deepEqual([code, memoryKb], [null, null]);
  assert.throws(() => codeOf({ SWITCHWRIGHT_CODE_COMMAND: `box 'a` }), /SWITCHWRIGHT_CODE_COMMAND has a quote/);
  assert.throws(() => codeOf({ SWITCHWRIGHT_CODE_SECONDS: '0' }), /SWITCHWRIGHT_CODE_SECONDS/);
});
