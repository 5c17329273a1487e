/** Datasets, benchmarks and what OpenRouter gates, through the client that checks every field of an answer. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import {
  BadRequestResponseError,
  InternLifecycleError,
  NotFoundResponseError,
  OAuthErrorResponse,
} from '@openrouter/sdk/models/errors';
import { dayOf } from '#src/base/period.ts';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';

const PAID = '[endpoints.sandbox]\nupstream_id = "echo"\nprice = { input = "1", output = "1" }\n';
const gateway = await startGateway({ catalogue: { 'models/acme/paid.toml': PAID } });
after(() => gateway.stop());
const options = { serverURL: gateway.base, retryConfig: { strategy: 'none' } } as const;
const client = new OpenRouter({ ...options, apiKey: API_KEY });
const manager = new OpenRouter({ ...options, apiKey: MANAGEMENT_KEY });
const today = dayOf(Date.now());

async function call(app: string, categories: string): Promise<number> {
  const answer = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${API_KEY}`,
      'http-referer': `https://${app}.example`,
      'x-openrouter-title': app,
      'x-openrouter-categories': categories,
    },
    body: JSON.stringify({ model: 'acme/paid', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  const { usage } = (await answer.json()) as { readonly usage: { readonly total_tokens: number } };
  return usage.total_tokens;
}
const tokens = [await call('coder', 'cli-agent'), await call('coder', 'cli-agent'), await call('player', 'game')];
const all = tokens.reduce((sum, count) => sum + count, 0);

test('rankings by day tell what went through this gateway', async () => {
  const { data, meta } = await client.datasets.getRankingsDaily({ endDate: today });
  assert.deepEqual(data, [{ date: today, modelPermaslug: 'acme/paid', totalTokens: String(all) }]);
  assert.equal(meta.endDate, today);
  for (const period of ['week', 'month'] as const) {
    const rows = (await client.datasets.getRankingsDaily({ endDate: today, period })).data;
    assert.deepEqual(
      rows.map(({ totalTokens }) => totalTokens),
      [String(all)],
    );
  }
  assert.deepEqual((await client.datasets.getRankingsDaily({})).data, [], 'today is not over');
  assert.equal((await client.datasets.getRankingsDaily({ endDate: today, modality: 'image_output' })).data.length, 0);
  assert.equal((await client.datasets.getRankingsDaily({ endDate: today, modality: 'text' })).data.length, 1);
  for (const wrong of [
    { endDate: '2024-12-31' },
    { endDate: '2026-02-30' },
    { startDate: '2026-11-02', endDate: '2026-11-01' },
    { startDate: '2025-01-01', endDate: '2026-11-01' },
    { category: 'legal', period: 'day' },
    { category: 'legal', languageType: 'natural' },
    { languageType: 'natural', modality: 'text' },
  ] as const)
    await assert.rejects(client.datasets.getRankingsDaily(wrong), BadRequestResponseError, JSON.stringify(wrong));
});

test('apps are ranked by their tokens, within their categories, and pages keep their places', async () => {
  const ask = async (request: Parameters<typeof client.datasets.getAppRankings>[0]) => {
    const found = [];
    for await (const page of await client.datasets.getAppRankings({ endDate: today, ...request }))
      found.push(...page.result.data);
    return found.map(({ rank, appName, totalRequests }) => [rank, appName, totalRequests]);
  };
  const ranked = [
    [1, 'coder', 2],
    [2, 'player', 1],
  ];
  assert.deepEqual(await ask({}), ranked);
  assert.deepEqual(await ask({ sort: 'trending' }), ranked, 'there was nothing before');
  assert.deepEqual(await ask({ limit: 1, offset: 1 }), [ranked[1]]);
  assert.deepEqual(await ask({ category: 'entertainment' }), [[1, 'player', 1]]);
  assert.deepEqual(await ask({ subcategory: 'cli-agent' }), [[1, 'coder', 2]]);
  await assert.rejects(ask({ category: 'coding', subcategory: 'game' }), BadRequestResponseError);
  const { id } = (await (
    await fetch(`${gateway.base}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'http-referer': 'https://coder.example' },
      body: JSON.stringify({ model: 'acme/paid', messages: [{ role: 'user', content: 'Hello' }] }),
    })
  ).json()) as { readonly id: string };
  const { data } = await client.generations.getGeneration({ id });
  const [first] = (await client.datasets.getAppRankings({ endDate: today })).result.data;
  assert.equal(data.appId, first?.appId, 'a generation names the app by the same number');
});

test('an export is the dataset as a file, and says what is in it', async () => {
  const get = async (path: string) => fetch(`${gateway.base}/datasets/exports/${path}`);
  const csv = await (await get(`app-rankings/latest.csv`)).text();
  assert.equal(csv, 'rank,app_id,app_name,total_tokens,total_requests\r\n');
  const manifest = (await (await get('rankings-daily/latest.manifest.json')).json()) as { readonly rows: number };
  assert.equal(manifest.rows, 0);
  assert.equal((await get('rankings-daily/2026-01-31.json')).status, 200);
  for (const missing of ['none/latest.csv', 'toString/latest.csv', 'rankings-daily/2999-01-01.csv', 'rankings-daily/x'])
    assert.equal((await get(missing)).status, 404, missing);
});

test('benchmarks are those of the catalogue, the best first', async () => {
  const { data, meta } = await client.benchmarks.getBenchmarks({ taskType: 'coding' });
  assert.ok(data.length > 5);
  const scores = data.map((item) => (item.source === 'artificial-analysis' ? Number(item.codingIndex) : Number.NaN));
  assert.deepEqual(
    scores,
    scores.toSorted((a, b) => b - a),
  );
  assert.equal(meta.modelCount, data.length);
  assert.equal((await client.benchmarks.getBenchmarks({ maxResults: 2 })).data.length, 2);
  for (const none of [{ source: 'design-arena' }, { taskType: 'search' }, { benchmarkType: 'search_hle' }] as const)
    assert.deepEqual((await client.benchmarks.getBenchmarks(none)).data, []);
});

test('what nobody has looked into is told as such', async () => {
  assert.deepEqual((await client.classifications.getTaskClassifications()).data.classifications, []);
  const { result } = await client.datasets.getSessionCost({});
  assert.deepEqual([result.data, result.meta.windowDays], [[], null]);
});

test('what OpenRouter gates answers as to an account that is not enrolled', async () => {
  const intern = 'abc';
  for (const asked of [() => client.interns.listInterns(), () => client.interns.getIntern({ internId: intern })])
    await assert.rejects(asked(), InternLifecycleError, String(asked));
  for (const asked of [
    () => client.vault.listVaultSecrets(),
    () => client.vault.listInternVaultSecrets({ internId: intern }),
  ])
    await assert.rejects(asked(), NotFoundResponseError, String(asked));
  const body = { grantType: 'urn:ietf:params:oauth:grant-type:token-exchange' } as const;
  const exchange = manager.oAuth.createOauthToken({
    tokenExchangeRequest: {
      ...body,
      federationPolicyId: 'x',
      subjectToken: 'a.b.c',
      subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
    },
  } as never);
  await assert.rejects(exchange, OAuthErrorResponse);
  assert.deepEqual((await client.oAuth.listOauthJwks()).keys, []);
  const gone = await fetch(`${gateway.base}/credits/coinbase`, { method: 'POST' });
  assert.equal(gone.status, 410);
});

test('opinions and contents of a generation', async () => {
  const { id } = (await (
    await fetch(`${gateway.base}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}` },
      body: JSON.stringify({ model: 'acme/paid', messages: [{ role: 'user', content: 'Hello' }] }),
    })
  ).json()) as { readonly id: string };
  const submit = (category: 'billing', generationId: string, comment?: string) =>
    client.generations.submitFeedback({
      submitGenerationFeedbackRequest: { generationId, category, ...(comment !== undefined && { comment }) },
    });
  assert.equal((await submit('billing', id, 'too dear')).data.success, true);
  await assert.rejects(submit('billing', 'gen-none'), NotFoundResponseError);
  await assert.rejects(submit('billing', id, 'x'.repeat(1001)));
  await assert.rejects(submit('none' as 'billing', id), BadRequestResponseError);
  const told = await fetch(`${gateway.base}/generation/feedback?id=${id}`, {
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}` },
  });
  const { data } = (await told.json()) as { readonly data: readonly { readonly comment: string }[] };
  assert.deepEqual(
    data.map(({ comment }) => comment),
    ['too dear'],
  );
  await assert.rejects(client.generations.listGenerationContent({ id }), NotFoundResponseError);
});

test('groups of a directory', async () => {
  const listed = async () => {
    const pages = [];
    for await (const page of await manager.scim.listMappings({})) pages.push(...page.result.data);
    return pages;
  };
  assert.deepEqual(await listed(), []);
  const id = '11111111-1111-4111-8111-111111111111';
  const made = manager.scim.create({
    createScimGroupMappingRequest: { scimGroupId: id, workspaceId: id, role: 'member' },
  });
  await assert.rejects(made, NotFoundResponseError);
  await assert.rejects(manager.scim.read({ id }), NotFoundResponseError);
  const { result } = await manager.scim.createSyncJob();
  assert.equal(result.data.status, 'failed');
  assert.equal((await manager.scim.getSyncJob({ id: result.data.id })).data.errorMessage, result.data.errorMessage);
});
