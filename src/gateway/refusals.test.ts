import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import type { Refusal } from '../insights/requests.ts';
import { recordRefusals } from './refusals.ts';

function bench(add: (refusals: readonly Refusal[]) => Promise<void> = async () => {}) {
  const timers: (() => void)[] = [];
  const written: (readonly Refusal[])[] = [];
  const log: string[] = [];
  let ids = 0;
  const world = {
    newId: (prefix: string) => `${prefix}-${ids++}`,
    after: (_: number, task: () => void) => {
      timers.push(task);
      return () => {};
    },
  };
  const store = {
    add: async (refusals: readonly Refusal[]) => {
      written.push(refusals);
      await add(refusals);
    },
  };
  const recorder = recordRefusals({ world, store, log: (message) => log.push(message) });
  return { recorder, timers, written, log };
}

const caller = { accountId: 'owner', workspaceId: 'default' };
const REFUSED = { at: 1, clientDialect: 'openai-chat', keyId: 'key', caller, fault: fault('unknown_model', 'None.') };

test('what is refused is written a moment later, by the id that its answer named, and its texts are plain', async () => {
  const { recorder, timers, written } = bench();
  recorder.note({ ...REFUSED, id: 'gen-given', model: `a\0b\ud800${'x'.repeat(500)}`, operation: 'chat' });
  recorder.note(REFUSED);
  assert.equal(timers.length, 1, 'one timer for all of a second');
  assert.equal(written.length, 0);
  timers[0]?.();
  assert.deepEqual(
    written[0]?.map(({ id, model, others }) => [id, model, others]),
    [
      ['gen-given', `a b\ufffd${'x'.repeat(LIMITS.refusal_model_length_max - 4)}`, 0],
      ['gen-0', null, 0],
    ],
  );
  recorder.note(REFUSED);
  await recorder.close();
  assert.equal(written.length, 2, 'what waits at the end is written too');
});

test('a flood is cut off, account by account, and the rest of it is counted', () => {
  const { recorder, timers, written } = bench();
  for (let at = 0; at < LIMITS.refusals_each_second + 1_000; at++) recorder.note(REFUSED);
  recorder.note({ ...REFUSED, caller: { accountId: 'quiet', workspaceId: 'w' } });
  timers[0]?.();
  const [all = []] = written;
  assert.equal(all.length, LIMITS.refusals_each_second + 1);
  assert.equal(all[LIMITS.refusals_each_second - 1]?.others, 1_000);
  assert.equal(all.at(-1)?.accountId, 'quiet');
  for (let at = 0; at < 10_000; at++)
    recorder.note({ ...REFUSED, caller: { accountId: `account-${at}`, workspaceId: 'w' } });
  timers[1]?.();
  assert.ok((written[1] ?? []).length < 1_000, 'and there are never many accounts of one second');
});

test('whoever shows no key leaves nothing; a wrong key leaves the little by which it is recognised', () => {
  const { recorder, timers, written } = bench();
  const stranger = { at: 1, clientDialect: null, keyId: null, caller: null, fault: fault('authentication', 'No.') };
  recorder.note(stranger);
  assert.equal(timers.length, 0);
  recorder.note({ ...stranger, keyLabel: 'sk-sw-v1-abc...xyz' });
  timers[0]?.();
  assert.deepEqual(
    written[0]?.map(({ accountId, keyLabel }) => [accountId, keyLabel]),
    [['', 'sk-sw-v1-abc...xyz']],
  );
});

test('a store in trouble is told once, and calls go on', async () => {
  const { recorder, log } = bench(async () => {
    throw new Error('full');
  });
  for (const _ of [1, 2]) {
    recorder.note(REFUSED);
    await recorder.close();
  }
  assert.deepEqual(log, ['refused requests could not be written down']);
});
