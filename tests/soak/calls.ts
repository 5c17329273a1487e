import { API_KEY } from '../gateway-process.ts';

type Way = { readonly path: string; readonly body: object; readonly leaves?: true };
const turn = (text: string): object[] => [{ role: 'user', content: text }];
const chat = (model: string, more: object = {}): Way => ({
  path: '/api/v1/chat/completions',
  body: { model: `sandbox/${model}`, messages: turn('Write 30 words.'), ...more },
});

/** A call of every kind of end: whole, streamed, translated, refused, broken on the way, left by its client. */
export const WAYS: readonly Way[] = [
  chat('lorem'),
  chat('lorem', { stream: true }),
  chat('tools', {
    stream: true,
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
  }),
  chat('reasoner', { stream: true, reasoning: { effort: 'high' } }),
  chat('error-400'),
  chat('error-503', { stream: true, models: ['sandbox/echo'] }),
  chat('cut-stream', { stream: true }),
  chat('malformed-chunk'),
  chat('no-such-model'),
  { ...chat('slow-stream', { stream: true }), leaves: true },
  { path: '/api/v1/messages', body: { model: 'sandbox/echo', max_tokens: 50, stream: true, messages: turn('Hello') } },
  { path: '/api/v1/responses', body: { model: 'sandbox/echo', input: 'Hello', stream: true, store: false } },
  {
    path: '/v1beta/models/sandbox/echo:generateContent',
    body: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
  },
  { path: '/api/v1/embeddings', body: { model: 'sandbox/embed', input: 'Hello' } },
];

async function callOnce(origin: string, { path, body, leaves }: Way): Promise<void> {
  const leaving = new AbortController();
  const response = await fetch(origin + path, {
    method: 'POST',
    signal: leaving.signal,
    headers: {
      authorization: `Bearer ${API_KEY}`,
      'content-type': 'application/json',
      'http-referer': 'https://soak.example',
      'x-title': 'Soak',
    },
    body: JSON.stringify(body),
  });
  if (leaves) {
    await response.body?.getReader().read();
    leaving.abort();
  } else await response.text();
}

/** One call of each, side by side. */
export const callInEveryWay = async (origin: string): Promise<void> => {
  await Promise.all(WAYS.map((way) => callOnce(origin, way).catch(() => undefined)));
};
