import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OWNER_ACCOUNT_ID } from '../../src/access/owner.ts';
import { idAt } from '../../src/base/ids.ts';
import { nano } from '../../src/base/money.ts';
import type { Receipt } from '../../src/facts/receipt.ts';
import type { Refusal } from '../../src/insights/requests.ts';
import { NOW, startInstance } from './instance.ts';
import { receiptOf } from './receipt.ts';

const MINUTE_MS = 60_000;
const CALLS = 130;

/** One call a minute; each seventh failed, each tenth by another provider, each thirteenth of a session. */
const receipts: readonly Receipt[] = Array.from({ length: CALLS }, (_, at) => {
  const createdAt = NOW - (at + 1) * MINUTE_MS;
  const receipt = receiptOf(`${idAt('gen', createdAt)}${String(at).padStart(14, '0')}`, OWNER_ACCOUNT_ID, '=cmd()');
  return {
    ...receipt,
    createdAt,
    totalMs: 100 * (at + 1),
    ...(at % 7 === 0 && { state: 'failed', bill: { ...receipt.bill, cost: nano(0n) } }),
    ...(at % 10 === 0 && { provider: 'azure', endpoint: 'openai/gpt-4.1-mini@azure' }),
    ...(at % 13 === 0 && { sessionId: 'a session' }),
  } as const;
});
const refusalOf = (minutes: number, more: Partial<Refusal> = {}): Refusal => ({
  id: `${idAt('gen', NOW - minutes * MINUTE_MS)}zzzzzzzzzzzzzz`,
  createdAt: NOW - minutes * MINUTE_MS,
  accountId: OWNER_ACCOUNT_ID,
  keyId: 'key',
  keyLabel: null,
  workspaceId: 'default',
  operation: 'chat',
  clientDialect: 'openai-chat',
  model: '<b>no</b>/model',
  code: 'unknown_model',
  message: 'It is "none"',
  others: 0,
  ...more,
});
const refusals = [
  refusalOf(3),
  refusalOf(60, { others: 12 }),
  refusalOf(90, { accountId: '', keyId: null, keyLabel: 'sk-sw-v1-abc...def', code: 'authentication', model: null }),
  refusalOf(91, { accountId: 'other' }),
];
const other = { ...receiptOf(`${idAt('gen', NOW)}other000000000`, 'other', 'x'), createdAt: NOW };
const { origin, close, session } = await startInstance({ receipts: [...receipts, other], refusals });
after(close);

const cookie = { cookie: `${session.name}=${session.value}` };
const get = async (path: string, headers: Record<string, string> = cookie) => {
  const response = await fetch(origin + path, { headers, redirect: 'manual' });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const idsIn = (text: string): readonly string[] =>
  [...text.matchAll(/<tr data-id="([^"]+)"/g)].map(([, id = '']) => id);
const olderIn = (text: string): string | undefined =>
  /<a href="([^"]+)" rel="next nofollow">/.exec(text)?.[1]?.replaceAll('&amp;', '&');

/** The ids of every page of a list, one after the other. */
async function walk(path: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let next: string | undefined = path, pages = 0; next !== undefined; pages++) {
    assert.ok(pages < 20, 'the pages come to an end');
    const { status, text } = await get(next);
    assert.equal(status, 200);
    ids.push(...idsIn(text));
    next = olderIn(text);
  }
  return ids;
}

const own = [...receipts, ...refusals.slice(0, 3)].map(({ id }) => id).sort((a, b) => (a > b ? -1 : 1));

test('every request of the account stands in the list once, refused ones at their time, page after page', async () => {
  const walked = await walk('/requests');
  assert.deepEqual(walked, own);
  const { text } = await get('/requests');
  assert.equal(idsIn(text).length, 50);
  assert.ok(text.includes('&lt;b&gt;no&lt;/b&gt;/model') && !text.includes('<b>no</b>'));
  assert.ok(text.includes('title="It is &quot;none&quot;"'));
});

test('filters are in the URL, hold together, and go along from page to page', async () => {
  const having = (fits: (receipt: Receipt, at: number) => boolean): readonly string[] =>
    receipts.filter(fits).map(({ id }) => id);
  const refused = refusals.slice(0, 3).map(({ id }) => id);
  for (const [query, ids] of [
    ['state=failed', having((_, at) => at % 7 === 0)],
    ['state=refused', refused],
    ['state=trouble', own.filter((id) => having((_, at) => at % 7 === 0).includes(id) || refused.includes(id))],
    ['provider=azure', having((_, at) => at % 10 === 0)],
    ['session=a+session', having((_, at) => at % 13 === 0)],
    ['provider=azure&session=a+session', having((_, at) => at % 130 === 0)],
    ['state=completed&ms=10000', having((_, at) => at % 7 !== 0 && at >= 99)],
    ['cost=0.001&ms=12500', having((_, at) => at % 7 !== 0 && at >= 124)],
    ['window=hour', own.filter((id) => id >= idAt('gen', NOW - 60 * MINUTE_MS))],
    ['model=%3Cb%3Eno%3C%2Fb%3E%2Fmodel', refused.slice(0, 2)],
    ['key=key&state=refused', refused.slice(0, 2)],
    ['key=nobody', []],
    ['app=https%3A%2F%2Fatlas.example&ms=13000', having((_, at) => at === 129)],
    ['from=2026-11-22T21:20&to=2026-11-22T21:25', having((_, at) => at >= 5 && at < 10)],
  ] as const)
    assert.deepEqual(await walk(`/requests?${query}`), ids, query);
});

test('a wrong value is refused beside its field, and what was typed stays', async () => {
  for (const [query, words] of [
    ['cost=cheap', 'cost is an amount in US dollars'],
    ['ms=-1', 'ms is a number of milliseconds'],
    ['from=yesterday', 'from is a time in UTC'],
    ['to=2026-13-41T00:00', 'to is a time in UTC'],
    ['state=happy', 'state is one of completed'],
    [`model=${'x'.repeat(201)}`, 'model has at most 200 characters'],
    ['window=__proto__', 'window is hour'],
  ] as const) {
    const { status, text } = await get(`/requests?${query}`);
    assert.equal(status, 400, query);
    assert.ok(text.includes(words), query);
    assert.deepEqual(idsIn(text), []);
    const [, value = ''] = /=(.*)/.exec(query) ?? [];
    assert.ok(text.includes(`value="${value}"`), `${query} is kept`);
    assert.equal((await get(`/requests.csv?${query}`)).status, 400);
  }
  for (const at of ['x', '2026-11.gen-', '9999-99.gen-zzz', "2026-11.gen-'--", '2026-11.gen-0%00'])
    assert.ok([200, 400].includes((await get(`/requests?at=${at}`)).status), at);
});

test('all that match are written as CSV and as JSON lines, and no cell is a formula', async () => {
  const { status, headers, text } = await get('/requests.csv?state=completed');
  assert.equal(status, 200);
  assert.match(headers.get('content-disposition') ?? '', /attachment; filename="requests\.csv"/);
  const [head, ...lines] = text.trimEnd().split('\r\n');
  assert.match(head ?? '', /^id,time,state,error,status,operation,/);
  assert.equal(lines.length, receipts.filter(({ state }) => state === 'completed').length);
  assert.ok(lines.every((line) => !/(^|,)[=+@-]/.test(line)));
  const { text: jsonl } = await get('/requests.jsonl');
  const records = jsonl
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    records.map(({ id }) => id),
    own,
  );
  const [refused] = records.filter(({ state }) => state === 'refused');
  assert.deepEqual([refused.error, refused.status, refused.requested_model], ['unknown_model', 400, '<b>no</b>/model']);
  assert.equal(records.find(({ id }) => id === receipts[1]?.id).cost_usd, '0.0010832');
});

test('a refused request has a page that says why; another account’s has none', async () => {
  const [first, , stranger, others] = refusals;
  const { status, text } = await get(`/generation/${first?.id}`);
  assert.equal(status, 200);
  assert.ok(text.includes('href="/docs/errors#unknown_model"') && text.includes('It is &quot;none&quot;'));
  assert.ok(text.includes('&lt;b&gt;no&lt;/b&gt;/model'));
  assert.ok((await get(`/generation/${stranger?.id}`)).text.includes('sk-sw-v1-abc...def'));
  assert.equal((await get(`/generation/${others?.id}`)).status, 404);
  assert.equal((await get(`/generation/${first?.id}`, {})).status, 404);
});

test('nobody sees others’ requests', async () => {
  for (const path of ['/requests', '/requests.csv', '/requests.jsonl']) {
    const { status, text } = await get(path, {});
    assert.equal(status, 404, path);
    assert.ok(!text.includes('gen-'), path);
  }
  const { text } = await get('/requests.jsonl');
  assert.ok(!text.includes(other.id) && !text.includes(refusals[3]?.id ?? ''));
});
