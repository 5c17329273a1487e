/** The recorded answers of real providers, through the running gateway, as real clients read them. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  isEmbedding,
  modelOf,
  RECORDINGS,
  type Recording,
  type Replay,
  skipRecordings,
  startReplay,
} from '../recordings.ts';
import { checkAnswer } from '../recordings-expect.ts';
import { READERS, type Reader } from './readers.ts';

const CHATS = RECORDINGS.filter((recording) => !isEmbedding(recording));
/** As many calls at once as one client may well have. */
const AT_ONCE = 8;

/** What a client cannot be made to tell, and why. */
const CANNOT: { readonly [client: string]: { readonly [recording: string]: string } } = {
  '@langchain/openrouter': {
    'anthropic.midstream-overloaded': 'an error in the midst of a stream is its finish reason and nothing else',
    'oai-chat.openrouter.error-in-last-chunk':
      'an error in the midst of a stream is its finish reason and nothing else',
  },
};
/** A prompt beyond the limit is an incomplete answer of the Responses API. */
const isLimit = (client: string, { expect }: Recording): boolean =>
  client.endsWith(', Responses') && expect.error?.class === 'context_length_exceeded';

async function check(recording: Recording, read: Reader): Promise<void> {
  const { expect, stream } = recording;
  const fails = expect.error ?? expect.stream_error;
  const [choice] = expect.choices ?? [];
  let answer: Awaited<ReturnType<Reader>>;
  try {
    answer = await read(modelOf(recording, 'recorded'), stream);
  } catch (cause) {
    assert(fails || expect.must_be_error || expect.any_of, `threw ${cause}`);
    return;
  }
  assert(!fails && !expect.must_be_error, `this is a failure, not ${JSON.stringify(answer).slice(0, 200)}`);
  if (!choice) return;
  const { content, tool_calls, refusal } = choice;
  const wanted = {
    index: 0,
    ...(content !== undefined && refusal === undefined && { content }),
    ...(tool_calls && { tool_calls }),
  };
  const told = answer.calls.map((call, at) => ({ id: String(at), function: call }));
  const message = { content: answer.text, tool_calls: told };
  checkAnswer(
    { http_status: 200, choices: [wanted] },
    { status: 200, body: { choices: [{ index: 0, message, finish_reason: null }] } },
  );
}

describe('recorded answers, read by real clients', { skip: skipRecordings }, () => {
  let replay: Replay;
  before(async () => {
    replay = await startReplay(['recorded']);
  });
  after(() => replay?.stop());

  for (const [client, readerOf] of Object.entries(READERS))
    test(client, async () => {
      const read = readerOf(replay.gateway);
      const wrong: string[] = [];
      const left = CHATS.filter((one) => !isLimit(client, one) && CANNOT[client]?.[one.id] === undefined);
      const work = async (): Promise<void> => {
        for (let one = left.shift(); one; one = left.shift()) {
          const { id } = one;
          await check(one, read).catch((cause) => wrong.push(`${id}: ${cause.message}`));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      assert.deepEqual(wrong.sort(), []);
    });
});
