/**
 * The recorded answers as programs of the other dialects hear them: through `/completions`, `/responses`, `/messages` and
 * Gemini's `generateContent`. What such a program understands is held against the same expectations as a chat completion.
 */
import { after, before, describe, test } from 'node:test';
import type { Told } from './matrix/told.ts';
import {
  isEmbedding,
  modelOf,
  RECORDINGS,
  type Recording,
  type Replay,
  skipRecordings,
  startReplay,
} from './recordings.ts';
import { exclusionOf, representable } from './recordings-exclusions.ts';
import { checkAnswer, type Expected } from './recordings-expect.ts';
import { type More, SPEAKERS, type Speaker, speak } from './speakers.ts';

/** A program of Anthropic's that asks for no thinking hears none, and then could not be held to the thoughts of a recording. */
const ASKS_FOR_THOUGHTS: { readonly [dialect: string]: More } = {
  'anthropic-messages': { body: { thinking: { type: 'enabled', budget_tokens: 2000 } } },
};

/** What was told, in the words in which the recordings say what they expect. */
function bodyOf({ choices, usage, error }: Told) {
  return {
    choices: choices.map((choice, index) => ({
      index,
      finish_reason: choice.finish,
      message: {
        content: choice.text,
        refusal: choice.refusal,
        reasoning: choice.reasoning,
        tool_calls: choice.tools.map(({ id, ...call }) => ({ id, function: call })),
        annotations: [...choice.citations],
      },
    })),
    ...(usage && {
      usage: {
        prompt_tokens: usage.prompt,
        completion_tokens: usage.completion,
        total_tokens: usage.prompt + usage.completion,
        prompt_tokens_details: { cached_tokens: usage.cacheRead ?? 0, cache_write_tokens: usage.cacheWrite ?? 0 },
        completion_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
      },
    }),
    ...(error && { error: { message: error.message, code: 0, metadata: { class: error.kind } } }),
  };
}

describe('recorded provider answers, heard in other dialects', { skip: skipRecordings }, () => {
  let replay: Replay;
  before(async () => {
    replay = await startReplay(['whole', 'splits']);
  });
  after(() => replay?.stop());

  async function check(recording: Recording, speaker: Speaker, way: 'whole' | 'splits'): Promise<void> {
    const model = modelOf(recording, way);
    const more = ASKS_FOR_THOUGHTS[speaker.client.dialect.id];
    const { status, told } = await speak(replay.gateway.origin, speaker, model, recording.stream, more);
    const expected: Expected = representable(recording.expect, speaker.client);
    checkAnswer(expected, { status, body: bodyOf(told) });
  }

  for (const speaker of SPEAKERS.filter(({ client }) => client.dialect.id !== 'openai-chat'))
    for (const recording of RECORDINGS.filter((one) => !isEmbedding(one)))
      for (const way of recording.stream ? (['whole', 'splits'] as const) : (['whole'] as const)) {
        const excluded = exclusionOf(recording, speaker.client);
        test(`${speaker.client.dialect.id}: ${recording.id}, ${way}`, { skip: excluded ?? false }, () =>
          check(recording, speaker, way),
        );
      }
});
