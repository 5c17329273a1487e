/** What the boards and models' pages tell of calls here is what the receipts say. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OWNER_ACCOUNT_ID } from '../../src/access/owner.ts';
import { completionTokens, promptTokens } from '../../src/call/usage.ts';
import { startInstance } from './instance.ts';
import { monthOfReceipts } from './receipt.ts';

const MINI = 'openai/gpt-4.1-mini';
const receipts = monthOfReceipts(OWNER_ACCOUNT_ID).map((receipt, at) =>
  at % 4 === 0 ? { ...receipt, finish: 'tool_calls' as const } : receipt,
);
const { origin, close } = await startInstance({ receipts });
after(close);

const get = async (path: string): Promise<string> => {
  const response = await fetch(origin + path);
  const text = await response.text();
  assert.equal(response.status, 200, text.slice(0, 200));
  return text;
};
const plain = (markup: string): string => markup.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const partOf = (text: string, heading: string): string => {
  const part = text.split('<section').find((one) => one.includes(`<h2>${heading}`));
  assert.ok(part !== undefined, heading);
  return part;
};
const rowsOf = (part: string): readonly (readonly string[])[] =>
  [...part.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => plain(cell).trim()),
  );
const answered = receipts.filter(({ state }) => state !== 'failed');
const ofMini = answered.filter(({ model }) => model === MINI);

test('a model’s page tells its speeds, price and cache by day', async () => {
  const part = partOf(await get(`/${MINI}`), 'Performance');
  assert.match(plain(part), new RegExp(`Of the ${receipts.filter(({ model }) => model === MINI).length} calls of all`));
  for (const title of ['Time to the first content', 'Throughput', 'Effective price of a million tokens'])
    assert.ok(part.includes(`<figcaption>${title}<span`), title);
  const [first] = ofMini;
  assert.ok(first?.firstContentMs);
  const days = rowsOf(part).filter(([day]) => day === '2026-11-22');
  const [latency] = days;
  for (const shown of latency?.slice(1) ?? []) {
    const ms = Number(shown.replace(/[^\d.]/g, ''));
    assert.ok(Math.abs(ms / first.firstContentMs - 1) < 0.08, `${shown} of ${first.firstContentMs} ms`);
  }
  const tokens = promptTokens(first.usage) + completionTokens(first.usage);
  const price = (Number(first.bill.cost) / 1e9 / tokens) * 1e6;
  assert.equal(days[2]?.[1], price < 0.01 ? `$${price.toPrecision(2)}` : `$${price.toFixed(2)}`);
  assert.ok(!(await get('/anthropic/claude-haiku-4.5')).includes('NaN'));
});

test('the rankings tell shares by author, reach, and calls of tools', async () => {
  for (const window of ['day', 'week', 'month']) assert.ok(!(await get(`/rankings?window=${window}`)).includes('NaN'));
  const text = await get('/rankings?window=month');
  const tokensOf = (some: typeof answered): number =>
    some.reduce((sum, { usage }) => sum + promptTokens(usage) + completionTokens(usage), 0);
  const authors = rowsOf(partOf(text, 'Market share')).slice(1);
  assert.deepEqual(
    authors.map(([name]) => name),
    ['OpenAI', 'Anthropic'],
  );
  const share = tokensOf(ofMini) / tokensOf(answered);
  assert.equal(authors[0]?.[3], `${(Math.floor(share * 10_000) / 100).toFixed(2)}%`);
  const week = receipts.filter(({ createdAt }) => createdAt >= Date.UTC(2026, 10, 16));
  const reached = rowsOf(partOf(text, 'Context length')).slice(1);
  assert.equal(
    reached.reduce((sum, [, requests]) => sum + Number(requests), 0),
    week.length,
  );
  const tools = rowsOf(partOf(text, 'Tool calls')).slice(1);
  const called = week.filter(({ finish, state }) => finish === 'tool_calls' && state !== 'failed');
  assert.deepEqual(tools[0]?.slice(0, 2), ['OpenAI: GPT-4.1 Mini', String(called.length)]);
  assert.equal([...partOf(text, 'Tokens per day').matchAll(/data-mark="/g)].length, 30);
});

test('a comparison marks what differs, the better of two, and what was used here', async () => {
  const text = await get(`/compare/${MINI}/anthropic/claude-haiku-4.5`);
  const rows = rowsOf(text);
  const calls =
    rows.find(([label]) => label === 'Calls here the same') ?? rows.find(([label]) => label === 'Calls here');
  assert.deepEqual(calls?.slice(1), ['30', '30']);
  const [best] = text.match(/<strong title="the best of these">.*?<\/strong>/) ?? [];
  assert.match(plain(best ?? ''), /^ 100% /, 'one call of the other model failed');
  assert.match(text, /<tr class="same"><th scope="row">Calls here <small>the same<\/small>/);
});
