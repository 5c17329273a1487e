import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OWNER_ACCOUNT_ID } from '../../src/access/owner.ts';
import { startInstance } from './instance.ts';
import { HOSTILE_TITLE, monthOfReceipts, receiptOf } from './receipt.ts';

const receipts = [
  ...monthOfReceipts(OWNER_ACCOUNT_ID),
  { ...receiptOf('gen-other', 'someone else', HOSTILE_TITLE), model: 'secret/model' },
];
const { origin, close, session } = await startInstance({ receipts });
after(close);

const cookie = { cookie: `${session.name}=${session.value}` };
const get = async (path: string, headers: Record<string, string> = cookie) => {
  const response = await fetch(origin + path, { headers });
  return { status: response.status, text: await response.text() };
};
const rowsIn = (text: string): readonly (readonly string[])[] => {
  const [, table = ''] = /<table class="requests">(.*?)<\/table>/s.exec(text) ?? [];
  return [...table.matchAll(/<tr>(.*?)<\/tr>/gs)]
    .slice(1)
    .map(([, row = '']) =>
      [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => cell.replace(/<[^>]+>/g, '')),
    );
};
const ok = receipts.filter(({ state, accountId }) => state !== 'failed' && accountId === OWNER_ACCOUNT_ID);
const costOf = (some: typeof ok): number => some.reduce((sum, { bill }) => sum + Number(bill.cost), 0) / 1e9;

test('the account’s spend is told by model, with requests, errors and speeds; nobody else’s is in it', async () => {
  const { status, text } = await get('/activity');
  assert.equal(status, 200);
  const rows = rowsIn(text);
  assert.equal(rows.length, 2);
  const mini = rows.find(([name]) => name === 'OpenAI: GPT-4.1 Mini');
  const answered = ok.filter(({ model }) => model === 'openai/gpt-4.1-mini');
  assert.equal(mini?.[1], `$${costOf(answered).toFixed(2)}`);
  assert.equal(mini?.[3], '30');
  assert.equal(mini?.[6], '1', 'one of them failed');
  assert.match(mini?.[7] ?? '', /^\d+ ms$/);
  assert.ok(!text.includes('secret/model'));
  const [, label = ''] = /<svg viewBox="0 0 720 180"[^>]*aria-label="([^"]*)"/.exec(text) ?? [];
  assert.match(label, /^Spend by model, 2026-10-24 to 2026-11-22: highest \$/);
  assert.equal([...text.matchAll(/data-mark="/g)].length, 30, 'a column for each day, also where nothing happened');
});

test('what is chosen goes along: figure, groups, time and what it is narrowed to', async () => {
  for (const show of ['spend', 'requests', 'tokens', 'errors', 'latency', 'throughput'])
    for (const window of ['day', 'week', 'month', 'year']) {
      const { status, text } = await get(`/activity?show=${show}&window=${window}&by=provider`);
      assert.equal(status, 200);
      assert.ok(!text.includes('NaN') && !text.includes('undefined'), `${show} ${window}`);
    }
  const { text } = await get('/activity?by=provider&model=openai%2Fgpt-4.1-mini');
  assert.ok(text.includes('href="/activity?by=provider" aria-label="Without this model"'));
  assert.deepEqual(
    rowsIn(text).map(([name, , , requests]) => [name, requests]),
    [
      ['OpenAI', '29'],
      ['answered by none', '1'],
    ],
  );
  assert.match(text, /href="\/requests\?model=openai%2Fgpt-4\.1-mini&amp;provider=openai&amp;from=2026-10-24T00%3A00"/);
  const lines = await get('/activity?show=latency');
  for (const name of ['P50 Latency', 'P90 Latency', 'P99 Latency']) assert.ok(lines.text.includes(name), name);
});

test('end users are told apart with all but their percentiles, which are not kept', async () => {
  const { status, text } = await get('/activity?by=user');
  assert.equal(status, 200);
  const told = (user: string | null) =>
    receipts.filter((one) => one.accountId === OWNER_ACCOUNT_ID && one.user === user);
  for (const [name, , , requests, , , , latency] of rowsIn(text)) {
    assert.equal(requests, String(told(name === 'not named' ? null : String(name)).length), String(name));
    assert.equal(latency, '–');
  }
  assert.match(text, /Latency, median<\/dt><dd>\d+ ms/, 'of all of them together they are');
});

test('nonsense in the URL is as if it were not there, and hostile names are texts', async () => {
  const plain = rowsIn((await get('/activity')).text);
  assert.deepEqual(rowsIn((await get('/activity?window=__proto__&show=constructor&by=toString')).text), plain);
  assert.deepEqual(rowsIn((await get(`/activity?model=${'x'.repeat(600)}`)).text), plain);
  const { status, text } = await get(`/activity?by=app&user=${encodeURIComponent('"><script>alert(1)</script>')}`);
  assert.equal(status, 200);
  assert.ok(!text.includes('<script>alert'));
  assert.ok((await get('/activity?by=app')).text.includes('https://evil.example'));
});

test('every step and group comes as CSV, and nobody sees others’ activity', async () => {
  const { text } = await get('/activity.csv?by=model');
  const [head, ...lines] = text.trimEnd().split('\r\n');
  assert.match(head ?? '', /^date,model,request_count,error_count,/);
  assert.equal(lines.length, 60, 'two models on thirty days');
  assert.equal(
    lines.reduce((sum, line) => sum + Number(line.split(',')[2]), 0),
    60,
  );
  for (const path of ['/activity', '/activity.csv']) {
    const stranger = await get(path, {});
    assert.equal(stranger.status, 404);
    assert.ok(!stranger.text.includes('gpt-4.1-mini'));
  }
});
