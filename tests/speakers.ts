/** The same small call over HTTP in each dialect that programs speak, and what such a program makes of the answer. */
import type { JsonObject } from '../src/base/json.ts';
import { API_KEY } from './gateway-process.ts';
import type { Client } from './matrix/client.ts';
import { messagesClient } from './matrix/clients/anthropic-messages.ts';
import { generateClient } from './matrix/clients/gemini.ts';
import { chatClient } from './matrix/clients/openai-chat.ts';
import { completionsClient } from './matrix/clients/openai-completions.ts';
import { responsesClient } from './matrix/clients/openai-responses.ts';
import type { Told } from './matrix/told.ts';

export type Speaker = {
  readonly client: Client;
  /** The path and the body of the same small call in this dialect. */
  readonly ask: (model: string, stream: boolean) => { readonly path: string; readonly body: JsonObject };
};

export const SPEAKERS: readonly Speaker[] = [
  {
    client: chatClient,
    ask: (model, stream) => ({
      path: '/api/v1/chat/completions',
      body: { model, stream, messages: [{ role: 'user', content: 'Hello' }] },
    }),
  },
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

export type Heard = { readonly status: number; readonly told: Told; readonly text: string; readonly id: string | null };
export type More = { readonly body?: JsonObject; readonly headers?: { readonly [name: string]: string } };

/** Asks a model over HTTP and reads the answer strictly by the dialect's rules. */
export async function speak(origin: string, speaker: Speaker, model: string, stream: boolean, more: More = {}) {
  const { path, body } = speaker.ask(model, stream);
  const response = await fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', ...more.headers },
    body: JSON.stringify({ ...body, ...more.body }),
  });
  const text = await response.text();
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const told = speaker.client.tell(isStream ? speaker.client.fold(text) : JSON.parse(text));
  return { status: response.status, told, text, id: response.headers.get('x-generation-id') } satisfies Heard;
}
