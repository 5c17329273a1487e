/** Every dialect a program speaks, times every dialect an endpoint speaks, times every feature, streamed and not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collect } from '../../src/call/collect.ts';
import { SAMPLE_STREAMS, sampleAnswer, sampleCall } from '../../src/dialects/samples.ts';
import { answerCell } from './answer-cell.ts';
import { ANSWER_NAMES, type AnswerName } from './answers.ts';
import { askCell } from './ask-cell.ts';
import type { Cell } from './cell.ts';
import { foreignCell } from './foreign-cell.ts';
import { ASKED_UPSTREAMS, CLIENTS, UPSTREAMS } from './pairs.ts';
import { QUESTION_NAMES } from './questions.ts';
import { errorUnder200Cell, refusedCell } from './refused-cell.ts';
import { REFUSALS } from './transcripts.ts';

/** Every cell of a row is looked at, whole and streamed; what is wrong is told by its name. */
function check<Name extends string>(names: readonly Name[], cell: (name: Name, stream: boolean) => Cell): void {
  const wrong: string[] = [];
  for (const name of names)
    for (const stream of [false, true]) {
      const { state, ...more } = cell(name, stream);
      if (state === 'wrong' && 'reason' in more)
        wrong.push(`${name}, ${stream ? 'streamed' : 'whole'}: ${more.reason}`);
    }
  assert.deepEqual(wrong, []);
}

for (const client of CLIENTS) {
  for (const upstream of ASKED_UPSTREAMS)
    test(`${client.dialect.id} → ${upstream.name}: what is asked is understood, or named as a loss`, () =>
      check(QUESTION_NAMES, (name, stream) => askCell(client, upstream, name, stream)));
  test(`${client.dialect.id}: what is said to have no words here has none`, () => {
    const free = { ...client, cannot: {} };
    const idle = (Object.keys(client.cannot) as AnswerName[]).filter((name) =>
      UPSTREAMS.every((upstream) => answerCell(free, upstream, name, true).state !== 'wrong'),
    );
    assert.deepEqual(idle, [], 'exclusions that nothing needs');
  });
  test(`${client.dialect.id}: thoughts of one vendor reach no other, and the loss is told`, () => {
    for (const from of UPSTREAMS)
      for (const to of ASKED_UPSTREAMS)
        for (const name of ['signed-reasoning', 'encrypted-reasoning'] as const) foreignCell(client, from, to, name);
  });
  test(`${client.dialect.id}: whatever happens in a stream, it keeps the dialect's grammar and says what the whole answer says`, () => {
    for (const [name, events] of Object.entries(SAMPLE_STREAMS)) {
      const answer = sampleAnswer(sampleCall({ reasoning: { effort: 'low' } }));
      const { turn: _, ...streamed } = client.tell(
        client.fold(events.map(client.dialect.encodeEvents(answer)).join('')),
      );
      const reply = collect(events);
      if (!reply.ok) assert.ok(streamed.error, name);
      else {
        const whole = JSON.parse(JSON.stringify(client.dialect.encodeReply(reply.value, answer)));
        const { turn: __, ...told } = client.tell(whole);
        assert.deepEqual(streamed, told, name);
      }
    }
  });
  for (const upstream of UPSTREAMS)
    describe(`${client.dialect.id} ← ${upstream.name}`, () => {
      test('what is answered is heard, streamed and whole alike', () =>
        check(ANSWER_NAMES, (name, stream) => answerCell(client, upstream, name, stream)));
      test('a refused call is told as what it is, at once and in the midst of an answer', () =>
        check(REFUSALS, (kind, stream) => refusedCell(client, upstream, kind, stream)));
      test('an error under status 200 is an error', () =>
        check(['error under 200'], (_, stream) => errorUnder200Cell(client, upstream, stream)));
    });
}
