/** Transcripts through the running gateway, as the clients' own libraries ask for them. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, beforeEach, test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import OpenAI, { toFile } from 'openai';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { catalogueOf, startListeners, waveOf } from './listeners.ts';

const listeners = await startListeners();
const gateway = await startGateway({ catalogue: catalogueOf(listeners.port) });
const client = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
after(async () => {
  await gateway.stop();
  listeners.close();
});
beforeEach(() => {
  listeners.heard.length = 0;
});

const WAVE = waveOf(4.2);
const wave = (name = 'river.wav') => toFile(WAVE, name, { type: 'audio/wav' });
const authorization = `Bearer ${API_KEY}`;
type Fields = { readonly [name: string]: string | readonly string[] };

function formOf(fields: Fields, file: Buffer | null = WAVE, name = 'river.wav'): FormData {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields))
    for (const one of [value].flat()) form.append(field, one as string);
  if (file) form.append('file', new Blob([new Uint8Array(file)]), name);
  return form;
}
const post = (form: FormData, path = 'transcriptions', key = API_KEY): Promise<Response> =>
  fetch(`${gateway.base}/audio/${path}`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: form });
const postJson = (body: object): Promise<Response> =>
  fetch(`${gateway.base}/audio/transcriptions`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function generation(response: Response): Promise<{ readonly [name: string]: unknown }> {
  const id = response.headers.get('x-generation-id');
  const answer = await fetch(`${gateway.base}/generation?id=${id}`, { headers: { authorization } });
  return ((await answer.json()) as { data: { [name: string]: unknown } }).data;
}
const errorOf = async (response: Response) =>
  ((await response.json()) as { error: { code: number; message: string; param?: string } }).error;

test('the OpenAI client’s file reaches its host byte for byte, and seconds are paid for', async () => {
  const { data, response } = await client.audio.transcriptions
    .create({ model: 'my/whisper', file: await wave(), language: 'en', prompt: 'River', temperature: 0.5 })
    .withResponse();
  assert.equal(data.text, 'The river runs.');
  const [call] = listeners.heard;
  assert.equal(call?.path, '/audio/transcriptions');
  assert.deepEqual(call?.file?.bytes, WAVE);
  assert.deepEqual([call?.file?.name, call?.file?.type], ['audio.wav', 'audio/wav']);
  assert.deepEqual(call?.fields, {
    model: 'whisper',
    language: 'en',
    prompt: 'River',
    temperature: '0.5',
    response_format: 'verbose_json',
  });
  const record = await generation(response);
  assert.deepEqual([record.api_type, record.total_cost, record.usage_source], ['stt', 0.005, 'provider']);
  assert.deepEqual(data.usage, { type: 'duration', seconds: 4.2, ...costs(0.005, 0.005) });
});

const costs = (cost: number, input: number) => ({
  cost,
  is_byok: false,
  cost_details: {
    upstream_inference_cost: null,
    upstream_inference_prompt_cost: input,
    upstream_inference_completions_cost: cost - input,
  },
});

test('OpenRouter’s client sends base64 and files, and its validating reader takes the answers', async () => {
  const router = new OpenRouter({ serverURL: gateway.base, apiKey: API_KEY });
  const input = { data: WAVE.toString('base64'), format: 'wav' };
  const told = await router.stt.createTranscription({
    sttRequest: {
      model: 'my/whisper',
      inputAudio: input,
      responseFormat: 'verbose_json',
      timestampGranularities: ['word', 'segment'],
    },
  });
  assert.deepEqual(listeners.heard[0]?.file?.bytes, WAVE);
  assert.deepEqual(listeners.heard[0]?.fields['timestamp_granularities[]'], ['segment', 'word']);
  assert.deepEqual(
    [told.text, told.duration, told.segments?.length, told.words?.[1]?.word],
    ['The river runs.', 4.2, 2, 'river'],
  );
  assert.equal(told.usage?.cost, 0.005);
  const sent = await router.stt.createTranscriptionMultipart({
    requestBody: { model: 'my/tokens', file: new File([new Uint8Array(WAVE)], 'river.wav') },
  });
  assert.deepEqual([sent.usage?.inputTokens, sent.usage?.outputTokens], [42, 5]);
});

test('tokens are billed as the host counts them', async () => {
  const response = await post(formOf({ model: 'my/tokens' }));
  await response.json();
  // Two of text, forty of audio, five written.
  assert.equal((await generation(response)).total_cost, 0.102);
  assert.equal(listeners.heard[0]?.fields.response_format, 'json');
});

test('every form of answer: bare, verbose, text, subtitles, events', async () => {
  const verbose = await client.audio.transcriptions.create({
    model: 'my/whisper',
    file: await wave(),
    response_format: 'verbose_json',
  });
  assert.deepEqual(
    [verbose.duration, verbose.language, verbose.segments?.[0]?.avg_logprob, verbose.words],
    [4.2, 'english', -0.3, undefined],
  );
  const text = await client.audio.transcriptions.create({
    model: 'my/whisper',
    file: await wave(),
    response_format: 'text',
  });
  assert.equal(text, 'The river runs.\n');
  const srt = await client.audio.transcriptions.create({
    model: 'my/whisper',
    file: await wave(),
    response_format: 'srt',
  });
  assert.equal(srt, '1\n00:00:00,000 --> 00:00:01,500\nThe river\n\n2\n01:01:01,250 --> 01:01:03,000\nruns.\n');
  const vtt = await post(formOf({ model: 'my/whisper', response_format: 'vtt' }));
  assert.equal(vtt.headers.get('content-type'), 'text/vtt; charset=utf-8');
  assert.match(await vtt.text(), /^WEBVTT\n\n00:00:00\.000 --> 00:00:01\.500\nThe river\n/);
  const events = await client.audio.transcriptions.create({ model: 'my/whisper', file: await wave(), stream: true });
  let heard = '';
  const types: string[] = [];
  for await (const event of events) {
    if (event.type === 'transcript.text.delta') heard += event.delta;
    types.push(event.type);
  }
  assert.equal(heard, 'The river runs.');
  assert.equal(types.at(-1), 'transcript.text.done');
});

test('a translation goes where translations are made', async () => {
  const { text } = await client.audio.translations.create({ model: 'my/whisper', file: await wave() });
  assert.equal(text, 'The river runs.');
  assert.equal(listeners.heard[0]?.path, '/audio/translations');
  const refused = await post(formOf({ model: 'my/deepgram' }), 'translations');
  assert.match((await errorOf(refused)).message, /does not translate/);
});

test('every host is asked in its own words', async () => {
  const ask = { language: 'en', response_format: 'verbose_json', 'timestamp_granularities[]': ['word', 'segment'] };
  const told = async (model: string): Promise<{ segments: object[]; words: object[]; duration: number }> => {
    const response = await post(formOf({ ...ask, model }));
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()) as never;
  };
  const deepgram = await told('my/deepgram');
  const [call] = listeners.heard;
  assert.equal(call?.path, '/listen?model=nova-3&smart_format=true&language=en&utterances=true');
  assert.deepEqual([call?.type, call?.file?.bytes], ['audio/wav', WAVE]);
  assert.deepEqual(deepgram.words[1], { word: 'river', start: 0.5, end: 1.5, speaker: 0 });
  assert.equal(deepgram.duration, 4.2);

  const elevenlabs = await told('my/elevenlabs');
  assert.deepEqual(listeners.heard[1]?.fields, {
    tag_audio_events: 'false',
    model_id: 'scribe_v2',
    language_code: 'en',
    timestamps_granularity: 'word',
  });
  assert.equal(elevenlabs.segments.length, 2);

  const mistral = await post(formOf({ model: 'my/mistral', language: 'en', response_format: 'srt' }));
  assert.match(await mistral.text(), /^1\n00:00:00,000 --> 00:00:04,000\nThe river runs\.\n/);
  assert.deepEqual(listeners.heard[2]?.fields, {
    model: 'mistral',
    language: 'en',
    'timestamp_granularities[]': ['segment'],
  });
  assert.equal((await generation(mistral)).total_cost, 0.004);
});

test('times that a host does not tell are said to be missing, and not paid for', async () => {
  const refused = await post(formOf({ model: 'my/tokens', response_format: 'srt' }));
  assert.equal(refused.status, 400);
  assert.match((await errorOf(refused)).message, /tells no times/);
});

test('who cannot hear is passed over', async () => {
  const response = await post(
    formOf({ model: 'my/fallback', provider: JSON.stringify({ order: ['down', 'silent', 'whisper'] }) }),
  );
  assert.equal(response.status, 200, await response.clone().text());
  const alone = await post(formOf({ model: 'my/silent' }));
  assert.match((await errorOf(alone)).message, /no transcript/);
});

test('a recording is sent as what it is, whatever it is called', async () => {
  const flac = Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(200)]);
  await post(formOf({ model: 'my/whisper' }, flac, 'song.mp3"\r\nX-Evil: 1.wav'));
  assert.deepEqual([listeners.heard[0]?.file?.name, listeners.heard[0]?.file?.type], ['audio.flac', 'audio/flac']);
  assert.deepEqual(listeners.heard[0]?.file?.bytes, flac);
});

test('a large recording arrives whole, as a form and as base64', async () => {
  const large = waveOf(24 * 60);
  for (const response of [
    await post(formOf({ model: 'my/whisper' }, large)),
    await postJson({ model: 'my/whisper', input_audio: { data: large.toString('base64'), format: 'wav' } }),
    await postJson({
      model: 'my/whisper',
      input_audio: { data: `data:audio/wav;base64,${large.toString('base64')}`, format: 'wav' },
    }),
  ]) {
    assert.equal(response.status, 200, await response.text());
  }
  for (const { file } of listeners.heard) assert.ok(file?.bytes.equals(large));
  assert.equal(listeners.heard.length, 3);
});

test('what is wrong with a recording is said before anybody is asked, and nothing is paid', async () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  const wrong: readonly (readonly [FormData, number, RegExp])[] = [
    [formOf({ model: 'my/whisper' }, null), 400, /'file'/],
    [formOf({ model: 'my/whisper' }, Buffer.alloc(0)), 400, /empty/],
    [formOf({ model: 'my/whisper' }, waveOf(0)), 400, /zero seconds/],
    [formOf({ model: 'my/whisper' }, png), 400, /no audio/],
    [formOf({ model: 'my/whisper' }, Buffer.from('%PDF-1.7 something')), 400, /no audio/],
    [formOf({ model: 'my/whisper' }, Buffer.alloc(25 * 1024 * 1024 + 1)), 413, /larger than 25 MB/],
    [formOf({ model: 'my/whisper', response_format: 'docx' }), 400, /response_format/],
    [formOf({ model: 'my/whisper', temperature: 'hot' }), 400, /temperature/],
    [formOf({ model: 'my/whisper', 'timestamp_granularities[]': ['letter'] }), 400, /timestamp_granularities/],
    [formOf({ model: 'my/whisper', provider: '{"orders":[]}' }), 400, /provider|orders/],
    [formOf({ model: 'my/whisper', prompt: 'x'.repeat(300_000) }), 400, /too long/],
    [formOf(Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`f${at}`, '1']))), 400, /too many parts/],
  ];
  for (const [form, status, message] of wrong) {
    const response = await post(form);
    const error = await errorOf(response);
    assert.deepEqual([response.status, message.test(error.message)], [status, true], error.message);
  }
  const bodies: readonly (readonly [object, string])[] = [
    [{ model: 'my/whisper' }, 'input_audio'],
    [{ model: 'my/whisper', input_audio: { format: 'wav' } }, 'input_audio.data'],
    [{ model: 'my/whisper', input_audio: { data: 7, format: 'wav' } }, 'input_audio.data'],
    [{ model: 'my/whisper', input_audio: { data: 'no base64 at all!', format: 'wav' } }, 'file'],
  ];
  for (const [body, param] of bodies) assert.equal((await errorOf(await postJson(body))).param, param);
  assert.equal(listeners.heard.length, 0);
});

/** A body under the head of a form, as it stands. */
const raw = (type: string, body: string | Buffer): Promise<Response> =>
  fetch(`${gateway.base}/audio/transcriptions`, {
    method: 'POST',
    headers: { authorization, 'content-type': type },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });

test('forms that are none are refused, and none keeps the gateway', async () => {
  const part = 'Content-Disposition: form-data; name="file"; filename="a.wav"';
  const bodies: readonly (readonly [string, string])[] = [
    ['multipart/form-data', 'x'],
    ['multipart/form-data; boundary=', 'x'],
    ['multipart/form-data; boundary=b', ''],
    ['multipart/form-data; boundary=b', 'no boundary at all'],
    ['multipart/form-data; boundary=b', `--b\r\n${part}\r\n\r\nRIFF`],
    ['multipart/form-data; boundary=b', `--b\r\n${part}`],
    ['multipart/form-data; boundary=b', '--b\r\n\r\n\r\n--b--'],
    ['multipart/form-data; boundary=b', '--b--\r\n'],
    ['multipart/form-data; boundary=b', `--b\r\n${'X: y\r\n'.repeat(10_000)}\r\nz\r\n--b--\r\n`],
  ];
  for (const [type, body] of bodies) {
    const response = await raw(type, body);
    assert.equal(response.status, 400, `${type} ${body.slice(0, 60)}`);
    await errorOf(response);
  }
  assert.equal(listeners.heard.length, 0);
});

test('a client that leaves in the midst of its form is heard of no more', async () => {
  const { port } = new URL(gateway.base);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(
    `POST /api/v1/audio/transcriptions HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 1000000\r\n\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nRIFF`,
  );
  await new Promise((done) => setTimeout(done, 100));
  socket.destroy();
  const next = await post(formOf({ model: 'my/whisper' }));
  assert.equal(next.status, 200);
  assert.equal(listeners.heard.length, 1);
});

test('a limited key pays in advance for the length of the recording', async () => {
  const made = await fetch(`${gateway.base}/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'little', limit: 0.1 }),
  });
  const { key } = (await made.json()) as { key: string };
  assert.equal((await post(formOf({ model: 'my/whisper' }), 'transcriptions', key)).status, 200);
  assert.equal((await post(formOf({ model: 'my/whisper' }, waveOf(120)), 'transcriptions', key)).status, 402);
});

test('the sandbox writes down what it has spoken', async () => {
  const speech = await client.audio.speech.create({
    model: 'sandbox/speech',
    voice: 'calm',
    input: 'Grüße, Fluß!',
    response_format: 'wav',
  });
  const spoken = Buffer.from(await speech.arrayBuffer());
  const file = await toFile(spoken, 'speech.wav');
  const told = await client.audio.transcriptions.create({
    model: 'sandbox/transcribe',
    file,
    response_format: 'verbose_json',
    timestamp_granularities: ['word'],
  });
  assert.equal(told.text, 'Grüße, Fluß!');
  assert.equal(told.words?.length, 2);
});
