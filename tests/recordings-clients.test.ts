/**
 * The recorded answers as programs of the other dialects hear them: through `/completions`, `/responses`, `/messages` and
 * Gemini's `generateContent`. What such a program understands is held against the same expectations as a chat completion.
 */
import { after, before, describe, test } from 'node:test';
import { API_KEY } from './gateway-process.ts';
import type { Client } from './matrix/client.ts';
import { messagesClient } from './matrix/clients/anthropic-messages.ts';
import { generateClient } from './matrix/clients/gemini.ts';
import { completionsClient } from './matrix/clients/openai-completions.ts';
import { responsesClient } from './matrix/clients/openai-responses.ts';
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

type Speaker = {
  readonly client: Client;
  /** The path and the body of the same small call in this dialect. */
  readonly ask: (model: string, stream: boolean) => { readonly path: string; readonly body: object };
};

const SPEAKERS: readonly Speaker[] = [
  {
    client: completionsClient,
    ask: (model, stream) => ({ path: '/api/v1/completions', body: { model, stream, prompt: 'Hello' } }),
  },
  {
    client: responsesClient,
    ask: (model, stream) => ({ path: '/api/v1/responses', body: { model, stream, input: 'Hello' } }),
  },
  {
    client: messagesClient,
    ask: (model, stream) => ({
      path: '/api/v1/messages',
      body: { model, stream, max_tokens: 4000, messages: [{ role: 'user', content: 'Hello' }] },
    }),
  },
  {
    client: generateClient,
    ask: (model, stream) => ({
      path: `/api/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      body: {
        contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
        generationConfig: { thinkingConfig: { includeThoughts: true } },
      },
    }),
  },
];

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
    const { path, body } = speaker.ask(modelOf(recording, way), recording.stream);
    const response = await fetch(`${replay.gateway.origin}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    const streamed = response.headers.get('content-type')?.startsWith('text/event-stream');
    const told = speaker.client.tell(streamed ? speaker.client.fold(text) : JSON.parse(text));
    const expected: Expected = representable(recording.expect, speaker.client);
    checkAnswer(expected, { status: response.status, body: bodyOf(told) });
  }

  for (const speaker of SPEAKERS)
    for (const recording of RECORDINGS.filter((one) => !isEmbedding(one)))
      for (const way of recording.stream ? (['whole', 'splits'] as const) : (['whole'] as const)) {
        const excluded = exclusionOf(recording, speaker.client);
        test(`${speaker.client.dialect.id}: ${recording.id}, ${way}`, { skip: excluded ?? false }, () =>
          check(recording, speaker, way),
        );
      }
});
