/** Speech through the running gateway, as the clients' own libraries hear it. */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import OpenAI from 'openai';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { BYTES, catalogueOf, type Paced, samplesOf, startSpeakers } from './speakers.ts';

const speakers = await startSpeakers();
const gateway = await startGateway({ catalogue: catalogueOf(speakers.port) });
const client = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
after(async () => {
  await gateway.stop();
  speakers.close();
});
beforeEach(() => {
  speakers.seen.length = 0;
  speakers.paced.length = 0;
});

const post = (body: object, key = API_KEY): Promise<Response> =>
  fetch(`${gateway.base}/audio/speech`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

async function generation(response: { readonly headers: Headers }): Promise<{ readonly [name: string]: unknown }> {
  const id = response.headers.get('x-generation-id');
  const answer = await fetch(`${gateway.base}/generation?id=${id}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  return ((await answer.json()) as { data: { [name: string]: unknown } }).data;
}

/** Settlement follows the end of a call that its client has left. */
async function settled(response: { readonly headers: Headers }): Promise<{ readonly [name: string]: unknown }> {
  for (;;) {
    const record = await generation(response);
    if (record !== undefined) return record;
    await new Promise((done) => setTimeout(done, 20));
  }
}

async function pacedCall(): Promise<Paced> {
  for (;;) {
    const [call] = speakers.paced;
    if (call) return call;
    await new Promise((done) => setTimeout(done, 5));
  }
}

test('the OpenAI client gets the bytes, their type and the id of their generation, and pays for characters', async () => {
  const input = 'Grüße an 🌍';
  const speech = await client.audio.speech.create({
    model: 'my/plain',
    input,
    voice: 'ash',
    response_format: 'mp3',
    speed: 1.5,
  });
  assert.deepEqual(Buffer.from(await speech.arrayBuffer()), samplesOf(input, BYTES));
  assert.equal(speech.headers.get('content-type'), 'audio/mpeg');
  assert.equal(speech.headers.get('access-control-allow-origin'), '*');
  assert.deepEqual(speakers.seen[0]?.body, { model: 'plain', input, voice: 'ash', response_format: 'mp3', speed: 1.5 });
  const record = await generation(speech);
  // Ten code points.
  assert.equal(record.total_cost, 0.01);
  assert.deepEqual([record.api_type, record.state, record.usage_source], ['tts', 'completed', 'provider']);
});

test('OpenRouter’s client gets samples where it names no format, and the first voice where it names none', async () => {
  const router = new OpenRouter({ serverURL: gateway.base, apiKey: API_KEY });
  const stream = await router.tts.createSpeech({ speechRequest: { model: 'my/plain', input: 'Hello' } });
  const pieces: Uint8Array[] = [];
  for await (const piece of stream as unknown as AsyncIterable<Uint8Array>) pieces.push(piece);
  assert.deepEqual(Buffer.concat(pieces), samplesOf('Hello', BYTES));
  assert.deepEqual(speakers.seen[0]?.body, { model: 'plain', input: 'Hello', voice: 'alloy', response_format: 'pcm' });
});

test('audio goes out as it comes in', async () => {
  const answer = post({ model: 'my/paced', input: 'Hello' });
  const host = await pacedCall();
  host.write(Buffer.alloc(1_000, 1));
  const response = await answer;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  assert.equal((await reader.read()).value?.length, 1_000);
  host.write(Buffer.alloc(2_000, 2));
  assert.equal((await reader.read()).value?.length, 2_000);
  host.end();
  assert.equal((await reader.read()).done, true);
});

test('an answer that breaks off breaks off for its client, and costs nothing', async () => {
  const answer = post({ model: 'my/paced', input: 'Hello' });
  const host = await pacedCall();
  host.write(Buffer.alloc(1_000));
  const response = await answer;
  assert.equal(response.status, 200);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  host.cut();
  await assert.rejects(reader.read());
  const record = await settled(response);
  assert.deepEqual([record.state, record.total_cost], ['failed', 0]);
});

test('events that end without the last one are an answer that broke off', async () => {
  let response: Response | null = null;
  // The end may reach the client before it has read the head.
  await assert.rejects(async () => {
    response = await post({ model: 'my/unended', input: 'abc' });
    await bytesOf(response);
  });
  if (response) assert.equal((await settled(response)).total_cost, 0);
});

test('events tell of it instead', async () => {
  const answer = post({ model: 'my/paced', input: 'Hello', stream_format: 'sse' });
  const host = await pacedCall();
  host.write(Buffer.alloc(1_000));
  const response = await answer;
  setTimeout(() => host.cut(), 50);
  const said = await response.text();
  const error = JSON.parse(/^data: (\{"type":"error".*)$/m.exec(said)?.[1] ?? 'null');
  assert.equal(error.error.code, 502);
});

test('a client that leaves ends the host’s work, and pays for the text', async () => {
  const leaving = new AbortController();
  const answer = fetch(`${gateway.base}/audio/speech`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify({ model: 'my/paced', input: 'Hello' }),
    signal: leaving.signal,
  });
  const host = await pacedCall();
  host.write(Buffer.alloc(1_000));
  const response = await answer;
  leaving.abort();
  await host.gone;
  const record = await settled(response);
  assert.deepEqual([record.state, record.cancelled, record.total_cost], ['cancelled', true, 0.005]);
});

test('a client that does not read holds its host back', async () => {
  const answer = post({ model: 'my/paced', input: 'Hello' });
  const host = await pacedCall();
  const piece = Buffer.alloc(64 * 1024);
  host.write(piece);
  const response = await answer;
  let isHeldBack = false;
  // Far beyond what all buffers on the way hold together.
  for (let sent = 0; sent < 60 * 16 && !isHeldBack; sent++) {
    isHeldBack = await new Promise((done) => {
      const timer = setTimeout(() => done(true), 2_000);
      const go = (): void => {
        clearTimeout(timer);
        done(false);
      };
      if (host.write(piece)) setImmediate(go);
      else void host.drained().then(go);
    });
  }
  assert.equal(isHeldBack, true);
  host.end();
  await response.body?.cancel();
});

test('who cannot speak is passed over, and nothing is paid for that was not heard', async () => {
  const provider = { order: ['down', 'empty', 'page', 'plain'] };
  const response = await post({ model: 'my/fallback', input: 'abc', provider });
  assert.equal(response.status, 200, await response.clone().text());
  assert.deepEqual(await bytesOf(response), samplesOf('abc', BYTES));
  const refused = await post({ model: 'my/refusing', input: 'abc' });
  assert.match(((await refused.json()) as { error: { message: string } }).error.message, /Not this text/);
  const alone = await post({ model: 'my/empty', input: 'abc' });
  assert.equal(alone.status, 502);
  assert.match(((await alone.json()) as { error: { message: string } }).error.message, /sent no audio/);
});

test('tokens are billed as the host tells them, in events that are bytes again for whoever wants bytes', async () => {
  const response = await post({ model: 'my/events', input: 'Hello', voice: 'ash' });
  assert.deepEqual(await bytesOf(response), samplesOf('Hello', BYTES));
  assert.equal(speakers.seen[0]?.body.stream_format, 'sse');
  const record = await generation(response);
  assert.equal(record.total_cost, 10 * 0.001 + 40 * 0.002);
  assert.equal(record.usage_source, 'provider');
  const guessed = await post({ model: 'my/guessed', input: 'Hello there' });
  await bytesOf(guessed);
  const estimate = await generation(guessed);
  // Two seconds of samples at 25 tokens each, and the words.
  assert.equal(estimate.usage_source, 'estimate');
  assert.equal(estimate.native_tokens_completion, 50);
});

test('events for whoever wants events hold whole samples, and the bill', async () => {
  const response = await post({ model: 'my/events', input: 'Hello', stream_format: 'sse' });
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const events = [...(await response.text()).matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
  const pieces = events.flatMap(({ audio }) => (audio === undefined ? [] : [Buffer.from(audio, 'base64')]));
  assert.deepEqual(Buffer.concat(pieces), samplesOf('Hello', BYTES));
  assert.ok(pieces.every(({ length }) => length % 2 === 0));
  const { type, usage } = events.at(-1);
  assert.deepEqual([type, usage.output_tokens, usage.cost], ['speech.audio.done', 40, 0.09]);
});

test('seconds are those that were heard', async () => {
  const response = await post({ model: 'my/seconds', input: 'Hello' });
  await bytesOf(response);
  assert.equal((await generation(response)).total_cost, 0.02);
});

test('every host is asked in its own words', async () => {
  const ask = { input: 'Hello', voice: 'Kore', speed: 1.25, instructions: 'Cheerfully' };
  const heard = async (model: string, more: object = {}): Promise<Buffer> => {
    const response = await post({ model, ...ask, ...more });
    assert.equal(response.status, 200, await response.clone().text());
    return bytesOf(response);
  };
  const last = () => speakers.seen.at(-1);

  assert.deepEqual(await heard('my/gemini'), samplesOf('Cheerfully: Hello', BYTES));
  assert.equal(last()?.path, '/models/gemini:streamGenerateContent?alt=sse');
  assert.deepEqual(last()?.body.generationConfig, {
    responseModalities: ['AUDIO'],
    candidateCount: 1,
    speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
  });

  assert.deepEqual(await heard('my/deepgram', { voice: 'thalia-en' }), samplesOf('Hello', BYTES));
  assert.equal(
    last()?.path,
    '/speak?model=aura-2-thalia-en&encoding=linear16&container=none&sample_rate=24000&speed=1.25',
  );
  assert.deepEqual(last()?.body, { text: 'Hello' });

  assert.deepEqual(await heard('my/elevenlabs', { voice: 'a/../b' }), samplesOf('Hello', BYTES));
  assert.equal(last()?.path, '/text-to-speech/a%2F..%2Fb/stream?output_format=pcm_24000');
  assert.deepEqual(last()?.body, { text: 'Hello', model_id: 'elevenlabs', voice_settings: { speed: 1.25 } });

  assert.deepEqual(await heard('my/mistral'), samplesOf('Hello', BYTES));
  assert.deepEqual(last()?.body, {
    model: 'mistral',
    input: 'Hello',
    voice_id: 'Kore',
    response_format: 'pcm',
    stream: true,
  });
  const input_references = [{ type: 'input_audio', input_audio: { data: 'data:audio/wav;base64,UklGRg==' } }];
  await heard('my/mistral', { input_references });
  assert.deepEqual([last()?.body.ref_audio, last()?.body.voice_id], ['UklGRg==', undefined]);
  assert.deepEqual(await heard('my/mistral-whole'), samplesOf('Hello', BYTES));
});

test('a recording of any length reaches its host without the head of its URL', async () => {
  const recording = Buffer.alloc(3_000_000, 7).toString('base64');
  const input_references = [{ type: 'input_audio', input_audio: { data: `data:audio/wav;base64,${recording}` } }];
  const response = await post({ model: 'my/mistral', input: 'Hello', input_references });
  assert.equal(response.status, 200);
  assert.equal(speakers.seen[0]?.body.ref_audio, recording);
});

test('samples become a WAVE file and a WAVE file samples; what would have to be compressed is asked of another host', async () => {
  const samples = await post({ model: 'my/wave', input: 'Hello' });
  assert.deepEqual(await bytesOf(samples), samplesOf('Hello', BYTES));
  assert.equal(samples.headers.get('content-type'), 'audio/pcm');
  const wave = await bytesOf(await post({ model: 'my/gemini', input: 'Hello', response_format: 'wav' }));
  assert.equal(wave.toString('latin1', 0, 4) + wave.toString('latin1', 8, 16), 'RIFFWAVEfmt ');
  assert.deepEqual(wave.subarray(44), samplesOf('Hello', BYTES));
  const either = await post({
    model: 'my/either',
    input: 'Hello',
    response_format: 'mp3',
    provider: { order: ['wave'] },
  });
  assert.equal(either.headers.get('content-type'), 'audio/mpeg');
  await bytesOf(either);
  const neither = await post({ model: 'my/gemini', input: 'Hello', response_format: 'mp3' });
  const { error } = (await neither.json()) as { error: { message: string; param: string } };
  assert.deepEqual([neither.status, error.param], [400, 'response_format']);
  assert.match(error.message, /ask for pcm/);
});

test('fields for one provider reach it alone, and cannot change what is paid for', async () => {
  const options = { plain: { seed: 7, model: 'dear', input: 'long' }, other: { temperature: 1 } };
  const response = await post({ model: 'my/plain', input: 'Hello', provider: { options, allow_fallbacks: false } });
  await bytesOf(response);
  const { model, input, seed, temperature } = speakers.seen[0]?.body ?? {};
  assert.deepEqual([model, input, seed, temperature], ['plain', 'Hello', 7, undefined]);
});

test('what is wrong with a request is said before anybody is asked', async () => {
  const ask = { model: 'my/plain', input: 'Hello' };
  const wrong: readonly (readonly [object, string])[] = [
    [{ model: 'my/plain' }, 'input'],
    [{ ...ask, input: '' }, 'input'],
    [{ ...ask, input: ' \n\t ' }, 'input'],
    [{ ...ask, input: 7 }, 'input'],
    [{ ...ask, input: 'x'.repeat(100_001) }, 'input'],
    [{ ...ask, input: 'ü'.repeat(2_000_000) }, 'input'],
    [{ ...ask, voice: 7 }, 'voice'],
    [{ ...ask, voice: {} }, 'voice.id'],
    [{ ...ask, voice: '' }, 'voice'],
    [{ ...ask, speed: 0 }, 'speed'],
    [{ ...ask, speed: 5 }, 'speed'],
    [{ ...ask, response_format: 'ogg' }, 'response_format'],
    [{ ...ask, stream_format: 'json' }, 'stream_format'],
    [{ ...ask, input_references: [] }, 'input_references'],
    [{ ...ask, input_references: [{ type: 'input_audio' }] }, 'input_references[0].input_audio.data'],
    [{ ...ask, provider: { options: [] } }, 'provider.options'],
    [{ ...ask, provider: { orders: [] } }, 'provider'],
  ];
  for (const [body, param] of wrong) {
    const response = await post(body);
    const { error } = (await response.json()) as { error: { param: string } };
    assert.deepEqual([response.status, error.param], [400, param], JSON.stringify(body).slice(0, 200));
  }
  assert.equal(speakers.seen.length, 0);
});

test('a host’s refusal of a voice is its caller’s to read', async () => {
  const failure = await client.audio.speech.create({ model: 'my/strict', input: 'a', voice: 'nobody' }).then(
    () => null,
    (cause: unknown) => cause,
  );
  assert.ok(failure instanceof OpenAI.BadRequestError);
  assert.match(failure.message, /No such voice: nobody/);
});

test('a limited key pays in advance for the most that a text can take, and no more than was spoken', async () => {
  const made = await fetch(`${gateway.base}/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'little', limit: 0.011 }),
  });
  const { key } = (await made.json()) as { key: string };
  const short = await post({ model: 'my/plain', input: 'x'.repeat(10) }, key);
  assert.equal(short.status, 200);
  await bytesOf(short);
  const next = await post({ model: 'my/plain', input: 'x'.repeat(10) }, key);
  assert.equal(next.status, 402);
  assert.equal(speakers.seen.length, 1);
});

test('models that speak are listed with their voices, apart from those that chat', async () => {
  const list = async (query: string) =>
    (
      (await (await fetch(`${gateway.base}/models${query}`)).json()) as {
        data: { id: string; supported_voices: unknown }[];
      }
    ).data;
  const speaking = await list('?output_modalities=speech');
  assert.deepEqual(speaking.find(({ id }) => id === 'my/plain')?.supported_voices, ['alloy', 'ash']);
  assert.ok((await list('')).every(({ id }) => id !== 'my/plain'));
});
