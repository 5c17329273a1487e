/** A limit against calls of every kind that can cost more than they look, by a host that bills the most that it may. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { API_KEY, type GatewayProcess, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { audit, getData } from './bench.ts';
import { MAX_OUTPUT, startHonestHost } from './honest-host.ts';

const LIMIT = 0.05;
const CALLS = 100;
const nano = (usd: unknown): number => Math.round(Number(usd) * 1e9);

const say = (content: unknown): object => ({ messages: [{ role: 'user', content }] });
const part = (value: object): object => say([{ type: 'text', text: 'What is this?' }, value]);

const PDF = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(300_000, 'stream ')]).toString('base64');
/** The head of a PNG of 512 × 512 pixels; nobody here decodes the rest. */
const PNG = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
  Buffer.from('00000200000002000806000000', 'hex'),
  Buffer.alloc(64),
]).toString('base64');

/** Ten seconds of silence: 16 bits at 8 kHz. */
function wave(): string {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(160_036, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8_000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(160_000, 40);
  return Buffer.concat([head, Buffer.alloc(160_000)]).toString('base64');
}

/** What spent up to 120 times a limit when a hold was a guess. */
const KINDS: { readonly [kind: string]: object } = {
  'n: 128': { ...say('Hello'), n: 128, max_tokens: 32 },
  'n: 8': { ...say('Hello'), n: 8, max_tokens: 100 },
  'a PDF of 300 kB': part({
    type: 'file',
    file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
  }),
  'digits only': { ...say('1234567890'.repeat(900)), max_tokens: 50 },
  'no max_tokens': say('Hello'),
  'hidden reasoning': { ...say('Think.'), reasoning: { effort: 'high', exclude: true } },
  audio: part({ type: 'input_audio', input_audio: { data: wave(), format: 'wav' } }),
  'a picture': part({ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }),
  searches: { model: 'acme/searcher', ...say('News?'), max_tokens: 20, tools: [{ type: 'openrouter:web_search' }] },
  'a plugin that searches': { model: 'acme/searcher', ...say('News?'), max_tokens: 20, plugins: [{ id: 'web' }] },
  'cache writes': {
    model: 'acme/searcher',
    ...say([{ type: 'text', text: 'Hi. '.repeat(500), cache_control: { type: 'ephemeral', ttl: '1h' } }]),
  },
};

const host = await startHonestHost();
after(() => host.close());

async function createKey({ base }: GatewayProcess, limit: number): Promise<string> {
  const response = await fetch(`${base}/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'limited', limit }),
  });
  assert.equal(response.status, 201);
  return ((await response.json()) as { key: string }).key;
}

type Told = { readonly isAnswered: boolean; readonly text: string };

async function ask({ base }: GatewayProcess, key: string, body: object, stream: boolean): Promise<Told> {
  const response = await fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'acme/one', ...body, stream }),
  });
  const text = await response.text();
  return { isAnswered: response.status === 200 && !text.includes('"error":{'), text };
}

for (const workers of ['1', '2'])
  test(`${CALLS} calls of every kind spend no more than the limit, with ${workers} process${workers === '1' ? '' : 'es'}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchwright-exposure-'));
    const gateway = await startGateway({
      folder,
      catalogue: host.catalogue,
      environment: { SWITCHWRIGHT_WORKERS: workers },
    });
    try {
      const key = await createKey(gateway, LIMIT);
      const before = host.billed();
      const bodies = Object.values(KINDS);
      const calls = Array.from({ length: CALLS }, (_, at) =>
        ask(gateway, key, bodies[at % bodies.length] ?? {}, at % 3 === 0),
      );
      const told = await Promise.all(calls);
      const answered = told.filter(({ isAnswered }) => isAnswered);
      assert.ok(answered.length > 0 && answered.length < CALLS, `${answered.length} answered`);
      for (const { text, isAnswered } of told)
        if (!isAnswered)
          assert.match(text, /requires more credits, or fewer max_tokens|Prompt tokens limit exceeded: \d+ > \d+/);
      const billed = Math.round(host.billed() - before);
      const { usage } = await getData(gateway.base, '/key', key);
      assert.equal(nano(usage), billed, 'what the host billed is what is charged');
      assert.ok(billed <= nano(LIMIT), `${billed} of ${nano(LIMIT)}`);
      assert.ok(billed > nano(LIMIT) / 4, `the limit is there to be spent: ${billed}`);
    } finally {
      await gateway.stop();
      assert.match(audit(folder), / 0 open holds/);
      rmSync(folder, { recursive: true, force: true });
    }
  });

test('each kind is answered where credit suffices, and its host is told limits that were paid for', async () => {
  const gateway = await startGateway({ catalogue: host.catalogue });
  try {
    const key = await createKey(gateway, 20);
    for (const [kind, body] of Object.entries(KINDS))
      for (const stream of [false, true]) {
        const { isAnswered, text } = await ask(gateway, key, body, stream);
        assert.ok(isAnswered, `${kind}: ${text}`);
        const sent = host.asked.at(-1) ?? {};
        assert.equal(sent.max_tokens, 'max_tokens' in body ? body.max_tokens : MAX_OUTPUT, kind);
        for (const tool of (sent.tools ?? []) as { max_uses?: number }[]) assert.equal(tool.max_uses, 5, kind);
      }
    const poor = await createKey(gateway, 0.001);
    assert.ok((await ask(gateway, poor, say('Hello'), false)).isAnswered);
    const sent = Number(host.asked.at(-1)?.max_tokens);
    assert.ok(sent >= 16 && sent < MAX_OUTPUT, `credit pays for a shorter answer: ${sent}`);
    const free = await ask(gateway, API_KEY, say('Hello'), false);
    assert.ok(free.isAnswered);
    assert.equal(host.asked.at(-1)?.max_tokens, undefined, 'where nothing is limited nothing is added');
  } finally {
    await gateway.stop();
  }
});
