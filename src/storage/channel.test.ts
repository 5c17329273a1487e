import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ipcChannel } from './channel.ts';

const LISTENER = "process.on('message', () => {}); process.send('up')";

/** Holds this thread up until the process is dead, so that nothing has been heard of its death yet. */
function waitForDeath(pid: number): void {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat)) return pause(200);
  while (!/\) Z /.test(readFileSync(stat, 'utf8'))) pause(1);
}
const pause = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test('what is posted to a process that has just died harms nobody, and its death is told once', async () => {
  const child = spawn(process.execPath, ['-e', LISTENER], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  let deaths = 0;
  const channel = ipcChannel(child);
  channel.onClose(() => deaths++);
  await once(child, 'message');
  child.kill('SIGKILL');
  waitForDeath(child.pid ?? assert.fail());
  for (let at = 0; at < 3; at++) channel.post({ at }); // an `error` event, which nobody listens to, would end this process
  await once(child, 'close');
  channel.post('after everything');
  await new Promise(setImmediate);
  assert.equal(deaths, 1);
});
