import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, type Content, GoogleGenAI, Type } from '@google/genai';
import { API_KEY } from '../gateway-process.ts';
import { gatewayForClients, proveClient, RED_PNG, remembered, SEEN } from './prove.ts';

const gateway = await gatewayForClients();
const client = new GoogleGenAI({
  apiKey: API_KEY,
  httpOptions: { baseUrl: `${gateway.origin}/api`, retryOptions: { attempts: 1 } },
});
const user = (text: string): Content => ({ role: 'user', parts: [{ text }] });
const WEATHER = {
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
};

proveClient('@google/genai', {
  text: async ({ model }) => {
    const answer = await client.models.generateContent({ model: model('echo'), contents: 'Hello there' });
    assert.equal(answer.text, 'Hello there');
    assert.equal(answer.candidates?.[0]?.finishReason, 'STOP');
    assert((answer.usageMetadata?.candidatesTokenCount ?? 0) > 0);
  },
  stream: async ({ model }) => {
    let text = '';
    let total = 0;
    for await (const chunk of await client.models.generateContentStream({
      model: model('echo'),
      contents: 'One two three',
    })) {
      text += chunk.text ?? '';
      total = chunk.usageMetadata?.totalTokenCount ?? total;
    }
    assert.equal(text, 'One two three');
    assert(total > 0);
  },
  tools: async ({ model }) => {
    const chat = client.chats.create({
      model: model('tools'),
      config: { tools: [{ functionDeclarations: [WEATHER] }] },
    });
    const first = await chat.sendMessage({ message: 'What is the weather in Paris?' });
    const call = first.functionCalls?.[0];
    assert.equal(call?.name, 'get_weather');
    assert.deepEqual(call?.args, { city: 'Paris' });
    let text = '';
    for await (const chunk of await chat.sendMessageStream({
      message: [
        {
          functionResponse: {
            ...(call?.id !== undefined && { id: call.id }),
            name: 'get_weather',
            response: { output: 'sunny, 21 degrees' },
          },
        },
      ],
    }))
      text += chunk.text ?? '';
    assert.match(text, /get_weather returned .*sunny, 21 degrees/);
  },
  'structured output': async ({ model }) => {
    const answer = await client.models.generateContent({
      model: model('json'),
      contents: 'Describe a person.',
      config: {
        responseMimeType: 'application/json',
        responseSchema: {
          type: Type.OBJECT,
          properties: { name: { type: Type.STRING }, age: { type: Type.INTEGER } },
          required: ['name', 'age'],
        },
      },
    });
    assert.equal(JSON.parse(answer.text ?? '').name, 'Ada');
  },
  image: async ({ model }) => {
    const answer = await client.models.generateContent({
      model: model('vision'),
      contents: [
        {
          role: 'user',
          parts: [{ text: 'What is in this image?' }, { inlineData: { mimeType: 'image/png', data: RED_PNG } }],
        },
      ],
    });
    assert.match(answer.text ?? '', SEEN);
  },
  'reasoning replay': async ({ model, upstream }) => {
    const options = {
      model: model('reasoner'),
      config: { thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } },
    };
    const question = user('What is six times seven?');
    const first = await client.models.generateContent({ ...options, contents: [question] });
    const content = first.candidates?.[0]?.content;
    assert.match(content?.parts?.find(({ thought }) => thought)?.text ?? '', /First I read the question/);
    const second = await client.models.generateContent({
      ...options,
      contents: [question, content as Content, user('Again?')],
    });
    remembered(upstream, second.text);
  },
  error: async ({ model }) => {
    const request = { model: model('error-429'), contents: 'Hi' };
    const isRateLimit = (error: unknown): boolean =>
      error instanceof ApiError && error.status === 429 && /RESOURCE_EXHAUSTED/.test(error.message);
    await assert.rejects(client.models.generateContent(request), isRateLimit);
    await assert.rejects(client.models.generateContentStream(request), isRateLimit);
  },
});

test('tokens are counted as Google does it', async () => {
  const { totalTokens } = await client.models.countTokens({ model: 'sandbox/echo', contents: 'One two three four' });
  assert((totalTokens ?? 0) >= 4);
});

test('a stream without alt=sse is one JSON array', async () => {
  const ask = (model: string) =>
    fetch(`${gateway.origin}/api/v1beta/models/${model}:streamGenerateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': API_KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ contents: [user('One two three')] }),
    });
  const answer = await ask('sandbox/echo');
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  const chunks = (await answer.json()) as { candidates: { content: Content; finishReason?: string }[] }[];
  const text = chunks.flatMap(({ candidates }) => candidates[0]?.content.parts ?? []).map((part) => part.text ?? '');
  assert.equal(text.join(''), 'One two three');
  assert.equal(chunks.at(-1)?.candidates[0]?.finishReason, 'STOP');
});

test('models are listed page by page, and one is found by its name', async () => {
  const names: string[] = [];
  for await (const { name = '', supportedActions } of await client.models.list({ config: { pageSize: 100 } })) {
    assert.match(name, /^models\/[^/]+\/[^/]+$/);
    assert(
      supportedActions?.some((action) => ['generateContent', 'embedContent', 'predictLongRunning'].includes(action)),
      name,
    );
    names.push(name);
  }
  assert(names.length > 300);
  assert.equal(new Set(names).size, names.length);
  const model = await client.models.get({ model: 'gemini-2.5-flash' });
  assert.equal(model.name, 'models/google/gemini-2.5-flash');
  assert((model.inputTokenLimit ?? 0) > 0 && (model.outputTokenLimit ?? 0) > 0);
  await assert.rejects(
    client.models.get({ model: 'nobody/nothing' }),
    (error) => error instanceof ApiError && error.status === 404 && /NOT_FOUND/.test(error.message),
  );
});

const asked = (path: string, init: RequestInit = {}): Promise<Response> => fetch(gateway.origin + path, init);
const HELLO: RequestInit = { method: 'POST', body: JSON.stringify({ contents: [user('Hello')] }) };

test('every version, a name without models/ and Vertex AI’s paths lead to the model', async () => {
  const names = ['models/sandbox/echo', 'sandbox/echo', 'models/sandbox%2Fecho', 'publishers/sandbox/models/echo'];
  const project = 'projects/mine/locations/global/publishers/sandbox/models/echo';
  for (const version of ['v1', 'v1beta', 'v1alpha', 'v1beta1'])
    for (const prefix of ['', '/api'])
      for (const name of [...names, project]) {
        const path = `${prefix}/${version}/${name}`;
        const answer = await asked(`${path}:generateContent?key=${API_KEY}`, HELLO);
        assert.equal(answer.status, 200, path);
        const { candidates } = (await answer.json()) as { candidates: { content: Content }[] };
        assert.equal(candidates[0]?.content.parts?.[0]?.text, 'Hello');
        assert.equal((await asked(`${path}:countTokens?key=${API_KEY}`, HELLO)).status, 200, path);
      }
});

test('whoever asks as Google’s programs do is refused in Google’s words', async () => {
  const refusals: readonly (readonly [path: string, init: RequestInit, status: number, word: string])[] = [
    ['/v1beta/sandbox/echo:generateContent', HELLO, 401, 'UNAUTHENTICATED'],
    ['/v1beta/sandbox/echo:generateContent?key=wrong', HELLO, 401, 'UNAUTHENTICATED'],
    [`/v1alpha/no/model:generateContent?key=${API_KEY}`, HELLO, 400, 'INVALID_ARGUMENT'],
    [`/v1beta/models/sandbox/echo:sing?key=${API_KEY}`, HELLO, 404, 'NOT_FOUND'],
    [`/v1beta/sandbox/echo:generateContent?key=${API_KEY}`, { method: 'POST', body: '{' }, 400, 'INVALID_ARGUMENT'],
    ['/v1beta/models/no/model', {}, 404, 'NOT_FOUND'],
    ['/v1beta/models?pageToken=x', {}, 400, 'INVALID_ARGUMENT'],
    ['/v1/models/no/model', { headers: { 'x-goog-api-client': 'google-genai-sdk/3.1.0' } }, 404, 'NOT_FOUND'],
    ['/v1beta/files', {}, 401, 'UNAUTHENTICATED'],
    ['/v1beta/cachedContents', {}, 404, 'NOT_FOUND'],
    ['/v1beta/models', { method: 'DELETE' }, 405, 'UNIMPLEMENTED'],
  ];
  for (const [path, init, status, word] of refusals) {
    const answer = await asked(path, init);
    assert.equal(answer.status, status, path);
    const { error } = (await answer.json()) as { error: { code: number; status: string; message: string } };
    assert.deepEqual([error.code, error.status], [status, word], path);
  }
});

test('a key in the query counts for Google’s paths alone', async () => {
  const chat = { method: 'POST', body: JSON.stringify({ model: 'sandbox/echo', messages: [user('Hello')] }) };
  assert.equal((await asked(`/api/v1/chat/completions?key=${API_KEY}`, chat)).status, 401);
  assert.equal((await asked(`/api/v1/key?key=${API_KEY}`)).status, 401);
});

test('the list of models has the shape of the program that asks', async () => {
  const listed = async (headers: { [name: string]: string }): Promise<string[]> =>
    Object.keys((await (await asked('/v1/models', { headers })).json()) as object);
  assert((await listed({ 'user-agent': 'GeminiCLI/0.61.0 (linux)' })).includes('models'));
  assert((await listed({ 'x-goog-api-key': API_KEY })).includes('models'));
  assert(!(await listed({ authorization: `Bearer ${API_KEY}` })).includes('models'));
});

test('an answer that breaks off is no clean end', async () => {
  const broken = async (): Promise<string> => {
    let text = '';
    const stream = await client.models.generateContentStream({ model: 'sandbox/cut-stream', contents: 'Hi' });
    for await (const chunk of stream) text += chunk.text ?? '';
    return text;
  };
  await assert.rejects(broken(), (error) => error instanceof ApiError && /UNAVAILABLE/.test(error.message));
});
