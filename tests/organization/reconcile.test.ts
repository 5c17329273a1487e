/** A vendor's bill beside the receipts of calls that went to it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, type TestContext, test } from 'node:test';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { typed } from './typed.ts';

/** OpenAI's own answer in one piece; each with an id and a size of its own. */
let asked = 0;
const vendor = createServer(async (request, response) => {
  await text(request);
  const usage = { prompt_tokens: 1_000 * ++asked, completion_tokens: 100, total_tokens: 1_000 * asked + 100 };
  const message = { role: 'assistant', content: 'hello' };
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      id: `chatcmpl-${asked}`,
      object: 'chat.completion',
      created: 1,
      model: 'gpt-4.1-mini-2025-04-14',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage,
    }),
  );
});
await new Promise<void>((done) => vendor.listen(0, '127.0.0.1', done));
const files = mkdtempSync(join(tmpdir(), 'switchwright-reconcile-'));
const gateway = await startGateway({
  environment: {
    OPENAI_API_KEY: 'sk-openai-test-only',
    OPENAI_BASE_URL: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}/v1`,
    SWITCHWRIGHT_EGRESS_ALLOW: '127.0.0.1',
  },
});
after(async () => {
  await gateway.stop();
  vendor.close();
  rmSync(files, { recursive: true, force: true });
});

const call = async (): Promise<string> => {
  const answer = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'openai/gpt-4.1-mini', messages: [{ role: 'user', content: 'hello' }] }),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return ((await answer.json()) as { id: string }).id;
};
const costOf = async (id: string): Promise<{ cost: number; day: string }> => {
  const answer = await fetch(`${gateway.base}/generation?id=${id}`, {
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}` },
  });
  const { data } = (await answer.json()) as { data: { total_cost: number; created_at: string } };
  return { cost: data.total_cost, day: data.created_at.slice(0, 10) };
};
const run = (context: TestContext, name: string, content: string, ...options: readonly string[]) => {
  const file = join(files, name);
  writeFileSync(file, content);
  return typed(context, join(gateway.folder, 'data'), ['reconcile', 'openai', file, ...options]);
};

test('by day and model, and by request where the export has ids', async (context) => {
  const ids = [await call(), await call(), await call()];
  const [one, two, three] = await Promise.all(ids.map(costOf));
  assert.ok(one && two && three && one.cost > 0);
  // A test at midnight has calls on two days: each is compared on its own.
  const costs = [one, two, three].map(
    ({ day, cost }) => `${day}T00:00:00Z,${cost},usd,"gpt-4.1-mini-2025-04-14, input"`,
  );
  const sums = `start_time_iso,amount_value,amount_currency,line_item\n${costs.join('\n')}\n`;
  const sound = await run(context, 'costs.csv', sums, '--json');
  const { drift_percent: drift, total, days } = JSON.parse(sound.out);
  assert.equal(sound.code, 0, sound.err);
  assert.ok(Math.abs(drift) < 0.001, String(drift));
  assert.deepEqual([total.ours.requests, total.ours.tokens, days[0].model], [3, 6_300, 'openai/gpt-4.1-mini']);

  const requests = [
    `chatcmpl-1,${one.day},gpt-4.1-mini,1000,100,${one.cost}`,
    `chatcmpl-2,${two.day},gpt-4.1-mini,2000,100,${two.cost * 2}`,
    `chatcmpl-9,${three.day},gpt-4.1-mini,10,10,0.5`,
  ];
  const single = `request_id,date,model,input_tokens,output_tokens,cost_usd\n${requests.join('\r\n')}\n`;
  const answer = await run(context, 'requests.csv', single);
  assert.equal(answer.code, 1);
  assert.match(answer.out, /2 requests matched, 1 of them with another cost; 1 only in the export, 1 only here/);
  assert.match(answer.out, new RegExp(`chatcmpl-2 = ${ids[1]}: `));
  assert.match(answer.out, new RegExp(`only in the export: chatcmpl-9\\n {2}only here: ${ids[2]}\n`));

  const buckets = {
    data: [
      {
        start_time: Date.parse(`${one.day}T00:00:00Z`) / 1_000,
        results: [{ amount: { value: one.cost, currency: 'usd' }, line_item: 'gpt-4.1-mini, output' }],
      },
    ],
  };
  const partial = await run(context, 'costs.json', JSON.stringify(buckets), '--json', '--tolerance', '1000000');
  assert.equal(partial.code, 0, partial.err);
  assert.equal(JSON.parse(partial.out).total.theirs.cost_usd, one.cost);
});

test('what is no export is refused in words', async (context) => {
  const wrong: { readonly [content: string]: RegExp } = {
    'model,cost_usd\ngpt-4.1-mini,1\n': /row 1: there is no day in/,
    'date,model,cost_usd\n2026-11-20,gpt-4.1-mini,much\n': /row 1: cost is no number/,
    '': /there is no row in it/,
    '{"data": ': /neither JSON nor/,
  };
  for (const [content, words] of Object.entries(wrong)) {
    const answer = await run(context, 'wrong', content);
    assert.deepEqual([answer.code, words.test(answer.err)], [1, true], answer.err);
  }
});
