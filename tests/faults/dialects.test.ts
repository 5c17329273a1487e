/** Faults in mid-stream, as programs of every dialect see them: a whole answer where it is gone on with, else an error. */
import assert from 'node:assert/strict';
import { after as afterAll, before, describe, test } from 'node:test';
import { API_KEY, type GatewayProcess, startGateway } from '../gateway-process.ts';
import { SPEAKERS, speak } from '../speakers.ts';
import { after, type Brick, catalogueOf, frame, healthy, startWall, type Wall, WHOLE } from './wall.ts';

const inBand = (code: number) => `data: ${JSON.stringify({ error: { message: 'The wall broke.', code } })}\n\n`;
/** What a host does behind its first forty words, or instead of a whole answer. */
const CUTS: { readonly [fault: string]: Brick } = {
  'closes-the-connection': after(40, ({ socket }) => void socket.end()),
  'resets-the-connection': after(40, ({ socket }) => void socket.resetAndDestroy()),
  'ends-without-a-last-frame': after(40, ({ response }) => void response.end()),
  'tells-an-overload': after(40, ({ response }) => void response.end(inBand(503))),
  'tells-a-rate-limit': after(40, ({ response }) => void response.end(inBand(429))),
  'tells-an-error-of-its-own': after(40, ({ response }) => void response.end(inBand(500))),
  'ends-with-an-error': after(40, ({ response }, { model }) => {
    response.end(`${frame(model, {}, 'malformed_function_call')}data: [DONE]\n\n`);
  }),
  'breaks-its-chunks': after(40, ({ socket }) => void socket.end('zz\r\nno size of a chunk\r\n')),
};

/** Each call meets a model of its own: a host that has failed twice is passed over. */
const modelOf = (dialect: string, fault: string, asked: 'continue' | 'fail'): string => `${dialect}-${asked}-${fault}`;
const ASKED = ['continue', 'fail'] as const;
const BRICKS: { [model: string]: Brick } = { ok: healthy };
for (const { client } of SPEAKERS)
  for (const [fault, brick] of Object.entries(CUTS))
    for (const asked of ASKED) BRICKS[modelOf(client.dialect.id, fault, asked)] = brick;

let wall: Wall;
let gateway: GatewayProcess;
before(async () => {
  wall = await startWall(BRICKS);
  gateway = await startGateway({ catalogue: catalogueOf(wall.base, Object.keys(BRICKS)) });
});
afterAll(async () => {
  wall.close();
  await gateway.stop();
});

const models = ['wall/ok'];

async function receiptOf(id: string | null): Promise<{ readonly [member: string]: unknown }> {
  const response = await fetch(`${gateway.base}/generation?id=${id}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  return ((await response.json()) as { data: { readonly [member: string]: unknown } }).data;
}

for (const speaker of SPEAKERS)
  describe(speaker.client.dialect.id, () => {
    for (const fault of Object.keys(CUTS)) {
      test(`a host that ${fault.replaceAll('-', ' ')}: gone on with, nobody can tell`, async () => {
        const model = `wall/${modelOf(speaker.client.dialect.id, fault, 'continue')}`;
        const more = { body: { models }, headers: { 'x-switchwright-on-cut': 'continue' } };
        const { told, id } = await speak(gateway.origin, speaker, model, true, more);
        assert.equal(told.error, null);
        assert.equal(told.choices.length, 1);
        assert.equal(told.choices[0]?.text, WHOLE);
        assert.equal(told.choices[0]?.finish, 'stop');
        const receipt = await receiptOf(id);
        const [part, ...others] = receipt.continued as { endpoint: string; after_tokens: number; cost: number }[];
        assert.equal(part?.endpoint, `${model}@wall`);
        assert((part?.after_tokens ?? 0) > 0 && (part?.cost ?? 0) > 0);
        assert.deepEqual(others, []);
        const second = (20 * 1 + 60 * 2) / 1e6;
        assert(Math.abs(Number(receipt.total_cost) - (part?.cost ?? 0) - second) < 1e-9, 'both are paid for');
      });

      test(`a host that ${fault.replaceAll('-', ' ')}: told as an error, and free, where nobody asked`, async () => {
        const model = `wall/${modelOf(speaker.client.dialect.id, fault, 'fail')}`;
        const { told, id } = await speak(gateway.origin, speaker, model, true, { body: { models } });
        assert(told.error !== null);
        const receipt = await receiptOf(id);
        assert.equal(receipt.total_cost, 0);
        assert.equal(receipt.continued, undefined);
      });
    }
  });
