/** Two worker processes: what one of them keeps of an answer, the other gives back with the next request. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { API_KEY, skipReason, startGateway } from '../gateway-process.ts';
import { catalogueOf, startUpstream } from '../hostile/upstream.ts';

const SIGNATURE = 'c2lnbmF0dXJlIG9mIGEgdGhvdWdodA==';
const asked: string[] = [];
const host = await startUpstream({
  thinker: ({ response, body }) => {
    asked.push(body);
    const call = { functionCall: { name: 'add', args: { a: 1 } }, thoughtSignature: SIGNATURE };
    const parts = body.includes('functionResponse') || !body.includes('"add"') ? [{ text: 'Done.' }] : [call];
    const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 5, totalTokenCount: 10 };
    const candidates = [{ content: { role: 'model', parts }, finishReason: 'STOP' }];
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ candidates, usageMetadata }));
  },
});
after(() => host.close());

const children = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
const missing = existsSync(`/proc/${process.pid}/task/${process.pid}/children`)
  ? null
  : 'telling workers apart: there is no /proc';

test('thoughts and items that one worker has kept are there for the other', {
  skip: skipReason(missing),
}, async (t) => {
  const gateway = await startGateway({
    catalogue: catalogueOf(host.origin, ['thinker'], 'gemini'),
    environment: { SWITCHWRIGHT_WORKERS: '2', HOSTILE_API_KEY: 'x' },
  });
  const workers = children(gateway.child.pid ?? 0);
  const [first, second] = workers;
  assert.ok(first && second && workers.length === 2);
  t.after(async () => {
    for (const worker of workers) process.kill(worker, 'SIGCONT');
    await gateway.stop();
  });
  /** On a connection of its own, taken by the one that runs. */
  const ask = async (path: string, body: object): Promise<{ readonly [name: string]: never }> => {
    const dispatcher = new Agent();
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
    const options = {
      method: 'POST',
      dispatcher,
      headers,
      body: JSON.stringify({ model: 'my/thinker', ...body }),
    } as const;
    const answer = await request(`${gateway.base}${path}`, options);
    const text = await answer.body.text();
    await dispatcher.close();
    assert.equal(answer.statusCode, 200, text);
    return JSON.parse(text);
  };
  // Both have begun: a process that has not cannot be told anything.
  await bothListen(gateway.origin, workers);

  process.kill(second, 'SIGSTOP');
  const tools = [{ type: 'function', function: { name: 'add', parameters: { type: 'object' } } }];
  const messages = [{ role: 'user', content: 'Add.' }];
  const chat = (await ask('/chat/completions', { messages, tools })) as unknown as Chat;
  const [call] = chat.choices[0].message.tool_calls;
  const answered = (await ask('/responses', { input: 'Say it.' })) as unknown as Responses;
  const [item] = answered.output;
  process.kill(second, 'SIGCONT');
  process.kill(first, 'SIGSTOP');

  // The caller brings the call back, and not the thought behind it.
  const history = [
    ...messages,
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: call.id, content: '2' },
  ];
  await ask('/chat/completions', { messages: history, tools });
  assert.ok(asked.at(-1)?.includes(SIGNATURE), asked.at(-1) ?? 'nothing was asked');
  const input = [
    { type: 'item_reference', id: item.id },
    { role: 'user', content: 'Again.' },
  ];
  await ask('/responses', { input });
  assert.match(asked.at(-1) ?? '', /"model".*Done\..*Again\./);
});

type Chat = { readonly choices: [{ readonly message: { readonly tool_calls: [{ readonly id: string }] } }] };
type Responses = { readonly output: [{ readonly id: string }] };

/** With the others stopped, each of them answers. */
async function bothListen(origin: string, workers: readonly number[]): Promise<void> {
  for (const worker of workers) {
    for (const other of workers) process.kill(other, other === worker ? 'SIGCONT' : 'SIGSTOP');
    const dispatcher = new Agent();
    while ((await request(`${origin}/readyz`, { dispatcher })).statusCode !== 200) await wait(10);
    await dispatcher.destroy();
    for (const other of workers) process.kill(other, 'SIGCONT');
  }
}
