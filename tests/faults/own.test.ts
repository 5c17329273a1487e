/** The faults of `own-faults.ts` as programs of every dialect meet them, streamed and not: what they see, what it costs. */
import assert from 'node:assert/strict';
import { after as afterAll, before, describe, test } from 'node:test';
import { FAULTS, type FaultCode } from '#src/base/fault.ts';
import { API_KEY } from '../gateway-process.ts';
import { type Heard, SPEAKERS, type Speaker, speak } from '../speakers.ts';
import { answersInFull } from './own-acts.ts';
import { type End, OWN_FAULTS, type OwnFault } from './own-faults.ts';
import { type StillGateway, startStillGateway } from './still-gateway.ts';
import { type Brick, catalogueOf, startWall, type Wall, WHOLE } from './wall.ts';

let wall: Wall;
let gateway: StillGateway;
/** Requests of the present call, at either host. */
let requests = 0;

const modelOf = (fault: OwnFault): string => `fault-${OWN_FAULTS.indexOf(fault)}`;

before(async () => {
  const attempts = new Map<string, number>();
  const brickOf =
    (act: OwnFault['act']): Brick =>
    (answer, hit) => {
      if (requests === 0) attempts.clear();
      requests++;
      const attempt = attempts.get(hit.model) ?? 0;
      attempts.set(hit.model, attempt + 1);
      // A request on a connection that was kept is sent once more without a word where it is reset: each has its own.
      answer.response.shouldKeepAlive = false;
      return act({ ...answer, hit, attempt, line: gateway.line });
    };
  const bricks: { [model: string]: Brick } = { ok: brickOf(answersInFull) };
  for (const fault of OWN_FAULTS) bricks[modelOf(fault)] = brickOf(fault.act);
  wall = await startWall(bricks);
  gateway = await startStillGateway(catalogueOf(wall.base, Object.keys(bricks)));
});
afterAll(async () => {
  wall.close();
  await gateway.close();
});

const SETTINGS = {
  alone: {},
  behind: { body: { models: ['wall/ok'] }, headers: { 'x-switchwright-on-cut': 'continue' } },
} as const;

/** Of one answer: 20 tokens of prompt at a dollar for a million, 60 of answer at two. */
const ANSWER_USD = (20 * 1 + 60 * 2) / 1e6;

type Receipt = {
  readonly model: string | null;
  readonly total_cost: number;
  readonly provider_responses: readonly unknown[];
  readonly continued?: readonly { readonly cost: number }[];
};

async function receiptOf(id: string | null): Promise<Receipt> {
  const response = await fetch(`${gateway.origin}/api/v1/generation?id=${id}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  return ((await response.json()) as { data: Receipt }).data;
}

/** A stream that had begun, and a dialect whose programs look for this failure there, tell it under 200. */
function assertStatus(status: number, { seen, begun, speaker }: Parameters<typeof assertTold>[1]): void {
  if (begun) assert.equal(status, 200);
  else if (!(seen === 'context_length_exceeded' && speaker.client.dialect.id === 'openai-responses'))
    assert.equal(status, FAULTS[seen].status);
}

function assertTold(
  { status, told }: Heard,
  what: { readonly seen: FaultCode; readonly begun: boolean; readonly speaker: Speaker },
): void {
  assert.equal(told.error?.kind, FAULTS[what.seen].class);
  assert.match(String(told.error.message), /./);
  assertStatus(status, what);
}

async function check(fault: OwnFault, setting: 'alone' | 'behind', speaker: Speaker, isStreamed: boolean) {
  const [seen, exchanges, lostMs]: End = fault[setting][isStreamed ? 'streamed' : 'whole'];
  gateway.forget();
  requests = 0;
  const model = `wall/${modelOf(fault)}`;
  const begunAt = gateway.line.elapsed();
  const heard = await speak(gateway.origin, speaker, model, isStreamed, SETTINGS[setting]);
  assert.equal(gateway.line.elapsed() - begunAt, lostMs);
  assert.equal(requests, exchanges);
  const receipt = await receiptOf(heard.id);
  assert.equal(receipt.provider_responses.length, exchanges);
  if (seen !== 'answer' && seen !== 'other' && seen !== 'joined') {
    assertTold(heard, { seen, begun: isStreamed && fault.name.startsWith('half'), speaker });
    assert.equal(receipt.total_cost, 0);
    return;
  }
  assert.equal(heard.status, 200);
  assert.equal(heard.told.error, null);
  assert.equal(heard.told.choices[0]?.text, WHOLE);
  assert.equal(heard.told.choices[0]?.finish, 'stop');
  assert.equal(receipt.model, seen === 'answer' ? model : 'wall/ok');
  const parts = receipt.continued ?? [];
  assert.equal(parts.length, seen === 'joined' ? 1 : 0);
  const joined = parts.reduce((sum, { cost }) => sum + cost, 0);
  assert(seen !== 'joined' || joined > 0);
  assert(
    Math.abs(receipt.total_cost - joined - ANSWER_USD) < 1e-9,
    `${receipt.total_cost} for ${joined} and an answer`,
  );
}

test('there are forty of them', () => assert.equal(new Set(OWN_FAULTS.map(({ name }) => name)).size, 40));

for (const speaker of SPEAKERS)
  describe(speaker.client.dialect.id, () => {
    for (const fault of OWN_FAULTS)
      test(fault.name, async () => {
        for (const setting of ['alone', 'behind'] as const)
          for (const isStreamed of [true, false]) await check(fault, setting, speaker, isStreamed);
      });
  });
