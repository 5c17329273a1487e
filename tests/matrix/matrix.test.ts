/** Every dialect a program speaks, times every dialect an endpoint speaks, times every feature, streamed and not. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { faultRow } from '../../src/base/fault.ts';
import { sampleAnswer, sampleCall } from '../../src/dialects/samples.ts';
import { answerCell } from './answer-cell.ts';
import { ANSWER_NAMES } from './answers.ts';
import { askCell } from './ask-cell.ts';
import type { Cell } from './cell.ts';
import { CLIENTS, UPSTREAMS } from './pairs.ts';
import { QUESTION_NAMES } from './questions.ts';
import { errorTranscript } from './transcripts.ts';

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

for (const client of CLIENTS)
  for (const upstream of UPSTREAMS)
    describe(`${client.dialect.id} → ${upstream.dialect.id}`, () => {
      test('what is asked is understood, or named as a loss', () =>
        check(QUESTION_NAMES, (name, stream) => askCell(client, upstream, name, stream)));
      test('what is answered is heard, streamed and whole alike', () =>
        check(ANSWER_NAMES, (name, stream) => answerCell(client, upstream, name, stream)));
      test('a refused call is told as what it is', () => {
        const refusal = errorTranscript(upstream.dialect.id);
        const fault = upstream.dialect.decodeFault({ ...refusal, provider: 'Sample', now: 0 });
        assert.equal(faultRow(fault).class, 'rate_limit');
        const answer = sampleAnswer(sampleCall({ stream: false }));
        const { status, body } = client.dialect.encodeFault(fault, { id: 'gen-1', answer });
        assert.equal(status, 429);
        const { error } = client.tell(JSON.parse(JSON.stringify(body)));
        assert.match(error?.message ?? '', /Too many requests\./);
        assert.equal(error?.kind, 'rate_limit');
      });
    });
