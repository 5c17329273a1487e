/** Every price that a catalogue can hold, from its file to the API, the bill of a call and the page of its receipt. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { API_KEY, ENVIRONMENT, startGateway } from './gateway-process.ts';

/** What vendors count in one answer: each count is another one, so that a bill tells which it was made of. */
const COUNTED = {
  'openai-chat': {
    prompt_tokens: 10_000,
    completion_tokens: 9_000,
    total_tokens: 19_000,
    prompt_audio_seconds: 11,
    prompt_tokens_details: {
      cached_tokens: 1_000,
      cache_write_tokens: 900,
      audio_tokens: 800,
      image_tokens: 700,
      video_tokens: 600,
    },
    completion_tokens_details: { reasoning_tokens: 500, audio_tokens: 400, image_tokens: 300, video_tokens: 200 },
    server_tool_use_details: { web_search_requests: 3 },
  },
  'anthropic-messages': {
    input_tokens: 50,
    output_tokens: 20,
    cache_creation_input_tokens: 130,
    cache_creation: { ephemeral_5m_input_tokens: 30, ephemeral_1h_input_tokens: 100 },
  },
  gemini: {
    promptTokenCount: 90,
    candidatesTokenCount: 10,
    totalTokenCount: 100,
    cachedContentTokenCount: 60,
    promptTokensDetails: [{ modality: 'AUDIO', tokenCount: 90 }],
    cacheTokensDetails: [
      { modality: 'AUDIO', tokenCount: 40 },
      { modality: 'TEXT', tokenCount: 20 },
    ],
  },
} as const;
type Dialect = keyof typeof COUNTED;

const ANSWERS: { readonly [dialect in Dialect]: object } = {
  'openai-chat': {
    id: 'x',
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'Hello',
          images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }],
        },
        finish_reason: 'stop',
      },
    ],
    usage: COUNTED['openai-chat'],
  },
  'anthropic-messages': {
    id: 'x',
    type: 'message',
    role: 'assistant',
    model: 'x',
    content: [{ type: 'text', text: 'Hello' }],
    stop_reason: 'end_turn',
    usage: COUNTED['anthropic-messages'],
  },
  gemini: {
    candidates: [{ content: { role: 'model', parts: [{ text: 'Hello' }] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: COUNTED.gemini,
  },
};

type Row = {
  /** In the file: the price of an endpoint for which nothing else costs anything. */
  readonly key: string;
  /** In the API. */
  readonly name: string;
  readonly dialect?: Dialect;
  /** How many of them the answer takes: 384 of them cost 384 times as much. */
  readonly count: number;
  /** On the page of the receipt. */
  readonly words: string;
};

const PER_MILLION: readonly Row[] = [
  { key: 'input', name: 'prompt', count: 6_000, words: 'Input, fresh' },
  { key: 'output', name: 'completion', count: 7_600, words: 'Output, visible' },
  { key: 'input_cache_read', name: 'input_cache_read', count: 1_000, words: 'Input, read from cache' },
  { key: 'input_cache_write', name: 'input_cache_write', count: 900, words: 'Input, written to cache (5 min)' },
  {
    key: 'input_cache_write_1h',
    name: 'input_cache_write_1h',
    dialect: 'anthropic-messages',
    count: 100,
    words: 'Input, written to cache (1 h)',
  },
  { key: 'input_audio', name: 'audio', count: 800, words: 'Input, audio' },
  {
    key: 'input_audio_cache_read',
    name: 'input_audio_cache',
    dialect: 'gemini',
    count: 40,
    words: 'Input, audio read from cache',
  },
  { key: 'input_image', name: 'image_token', count: 700, words: 'Input, images' },
  { key: 'input_video', name: 'video', count: 600, words: 'Input, video' },
  { key: 'output_reasoning', name: 'internal_reasoning', count: 500, words: 'Output, reasoning' },
  { key: 'output_audio', name: 'audio_output', count: 400, words: 'Output, audio' },
  { key: 'output_image', name: 'image_output', count: 300, words: 'Output, images' },
  { key: 'output_video', name: 'video_output', count: 200, words: 'Output, video' },
];
const APIECE: readonly Row[] = [
  { key: 'request', name: 'request', count: 1, words: 'Request' },
  { key: 'web_search', name: 'web_search', count: 3, words: 'Web searches' },
  { key: 'image', name: 'image', count: 2, words: 'Images read' },
  { key: 'output_image_each', name: 'image_output_each', count: 1, words: 'Images written' },
  { key: 'input_second', name: 'input_second', count: 11, words: 'Seconds read' },
  { key: 'input_character', name: 'input_character', count: 7, words: 'Characters read' },
];
const ROWS = [...PER_MILLION, ...APIECE];

/** Of all prices only this one is not nothing; a price that others fall back to has them say zero. */
function modelFile({ key, dialect = 'openai-chat' }: Row): string {
  const zero = PER_MILLION.filter((row) => row.key !== key).map((row) => `${row.key} = "0"`);
  return `output = ["text", "image"]
input = ["text", "image"]
context = 64_000
[endpoints.counter]
dialect = "${dialect}"
[endpoints.counter.price]
${[...zero, `${key} = "1.5"`].join('\n')}
`;
}

const host = createServer(async (request, response) => {
  await json(request);
  const dialect: Dialect = request.url?.includes('generateContent')
    ? 'gemini'
    : request.url?.endsWith('/messages')
      ? 'anthropic-messages'
      : 'openai-chat';
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(ANSWERS[dialect]));
});
await new Promise<void>((listening) => host.listen(0, '127.0.0.1', listening));
const base = `http://127.0.0.1:${(host.address() as AddressInfo).port}/v1`;
const gateway = await startGateway({
  environment: { COUNTER_API_KEY: 'x' },
  catalogue: {
    'providers/counter.toml': `base_url = "${base}"
[dialects.openai-chat]
[dialects.anthropic-messages]
[dialects.gemini]
`,
    ...Object.fromEntries(ROWS.map((row) => [`models/priced/${row.key}.toml`, modelFile(row)])),
    'providers/dearer.toml': 'base_url = "http://127.0.0.1:9/v1"',
    'providers/cheaper.toml': 'base_url = "http://127.0.0.1:9/v1"',
    'models/priced/shared.toml': ['counter', 'dearer', 'cheaper']
      .map((slug, at) => `[endpoints.${slug}.price]\ninput = "${[6, 7, 5][at]}.25"\noutput = "9.75"\n`)
      .join(''),
    'models/priced/less.toml': `input = ["text", "image"]
[endpoints.counter.price]
input = "2"
output = "4"
discount = "0.25"
`,
    'models/priced/conditions.toml': `input = ["text", "image"]
[endpoints.counter.price]
input = "1"
output = "0"
[[endpoints.counter.price.overrides]]
min_prompt_tokens = 10_000
input = "7"
[[endpoints.counter.price.overrides]]
min_prompt_tokens = 9_999
utc_start = 0
utc_end = 2400
utc_days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
input = "3"
`,
  },
});
after(async () => {
  await gateway.stop();
  host.close();
});
const signed = { authorization: `Bearer ${API_KEY}` };
type Priced = { readonly pricing: { readonly [name: string]: unknown } };
const get = async <T>(path: string): Promise<T> =>
  ((await (await fetch(gateway.base + path, { headers: signed })).json()) as { readonly data: T }).data;

const PICTURE = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
async function ask(model: string) {
  const answer = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: signed,
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello 🦜' }, PICTURE, PICTURE] }],
    }),
  });
  const body = (await answer.json()) as { readonly id: string; readonly usage: { readonly cost: number } };
  assert.equal(answer.status, 200, JSON.stringify(body));
  return body;
}
const flat = (page: string): string =>
  page
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', '’')
    .replace(/\s+/g, ' ');

for (const row of ROWS)
  test(`${row.key} is listed, charged for and told by the receipt`, async () => {
    const id = `priced/${row.key}`;
    const isPerMillion = PER_MILLION.includes(row);
    const listed = isPerMillion ? '0.0000015' : '1.5';
    const { endpoints } = await get<{ readonly endpoints: readonly Priced[] }>(`/models/${id}/endpoints`);
    assert.equal(endpoints[0]?.pricing[row.name], listed);
    const { pricing } = await get<Priced>(`/model/${id}`);
    assert.equal(pricing[row.name], listed);

    const { id: generation, usage } = await ask(id);
    const expected = row.count * 1.5 * (isPerMillion ? 1e-6 : 1);
    assert.ok(Math.abs(usage.cost - expected) < 1e-9, `${usage.cost} is not ${expected}`);
    const receipt = await get<{ readonly total_cost: number }>(`/generation?id=${generation}`);
    assert.equal(receipt.total_cost, usage.cost);

    const page = flat(await (await fetch(`${gateway.origin}/generation/${generation}`, { headers: signed })).text());
    const line = `${row.words} ${row.count.toLocaleString('en-US')} $1.50${isPerMillion ? '' : ' each'} $`;
    assert.ok(page.includes(line), `${line} is not in ${page}`);
  });

test('one price everywhere: of the provider that is on, though another is cheaper; each provider’s page has its own', async () => {
  const page = async (path: string): Promise<string> => flat(await (await fetch(gateway.origin + path)).text());
  const row = async (path: string): Promise<string | undefined> =>
    /priced\/shared (?:yes |no )?(\$[\d.]+)/.exec(await page(path))?.[1] ?? undefined;
  assert.equal(await row('/models?q=priced/shared'), '$6.25');
  assert.equal(await row('/provider/counter'), '$6.25');
  assert.equal(await row('/provider/dearer'), '$7.25');
  assert.equal(await row('/provider/cheaper'), '$5.25');
  assert.match(await page('/priced/shared'), /Starting at \$6\.25\/M input tokens/);
  assert.match(await page('/compare/priced/shared'), /Input \/M \$6\.25/);
  assert.match(await page('/llms.txt'), /`priced\/shared`[^\n]*\$6\.25\/M input|priced\/shared.*?\$6\.25/);
  assert.equal((await get<Priced>('/model/priced/shared')).pricing.prompt, '0.00000625');
  const { stdout } = spawnSync(
    process.execPath,
    [resolve(import.meta.dirname, '../src/main.ts'), 'models', 'priced/shared'],
    {
      encoding: 'utf8',
      env: { ...ENVIRONMENT, COUNTER_API_KEY: 'x', SWITCHWRIGHT_CATALOG: join(gateway.folder, 'catalogue') },
    },
  );
  assert.match(stdout, /● priced\/shared .* \$6\.25 \/ \$9\.75/);
});

test('a discount is told beside the list price, and taken off the bill', async () => {
  const { pricing } = await get<Priced>('/model/priced/less');
  assert.equal(pricing.prompt, '0.000002');
  assert.equal(pricing.discount, 0.25);
  const { usage } = await ask('priced/less');
  const expected = 10_000 * 1.5e-6 + 9_000 * 3e-6;
  assert.ok(Math.abs(usage.cost - expected) < 1e-9, String(usage.cost));
});

test('overrides are told with their conditions, and the last one that is met is charged', async () => {
  const { pricing } = await get<Priced>('/model/priced/conditions');
  assert.deepEqual(pricing.overrides, [
    { min_prompt_tokens: 10_000, prompt: '0.000007' },
    {
      min_prompt_tokens: 9_999,
      utc_start: 0,
      utc_end: 2400,
      utc_days: ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'],
      prompt: '0.000003',
    },
  ]);
  const { usage } = await ask('priced/conditions');
  assert.ok(Math.abs(usage.cost - 10_000 * 3e-6) < 1e-9, '10,000 tokens are not more than 10,000');
});

test('the page of a model shows what is seldom, only where it is there', async () => {
  const page = async (id: string): Promise<string> => flat(await (await fetch(`${gateway.origin}/${id}`)).text());
  assert.match(await page('priced/output_image'), /Images out \/M/);
  assert.match(await page('priced/request'), /Request \$1\.5|Request.*\$1\.5/);
  assert.match(await page('priced/conditions'), /00:00–24:00, sun mon/);
  assert.match(await page('priced/less'), /\$1\.50 list \$2\.00/);
  assert.doesNotMatch(await page('priced/less'), /Images out/);
});
