/** Providers that misbehave: every caller hears of it in its own dialect, and never a clean end. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { API_KEY } from '../gateway-process.ts';
import { getData } from '../money/bench.ts';
import { assertRefused, isChat, type Json, PATHS, type Path, post } from './inference.ts';
import { startSubject } from './subject.ts';
import { catalogueOf, forever, type Play, startUpstream } from './upstream.ts';

const STREAM = { 'content-type': 'text/event-stream' };
const JSON_TYPE = { 'content-type': 'application/json' };
const HTML = '<!doctype html><html><h1>Bad Gateway</h1></html>';
const WORD = `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { role: 'assistant', content: 'word ' }, finish_reason: null }] })}\n\n`;

const head = ({ response, isStream }: Parameters<Play>[0]) => response.writeHead(200, isStream ? STREAM : JSON_TYPE);

/** Before any content: the status line is still free to say it. */
const SILENT: { readonly [name: string]: Play } = {
  html: ({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).end(HTML),
  'html-as-told': (played) => void head(played).end(HTML),
  empty: (played) => void head(played).end(),
  frames: (played) => void head(played).end('data: {"choices": "none"\n\ndata: ]]]\n\nnonsense\n\ndata: [DONE]\n\n'),
  'wrong-shape': (played) => void head(played).end('data: [1,2,3]\n\ndata: {"choices":[null,7]}\n\n'),
  binary: (played) => void head(played).end(Buffer.alloc(4_096, 0xff)),
  'silence-then-close': (played) => {
    head(played).flushHeaders();
    setTimeout(() => played.socket.end(), 50);
  },
  'no-answer': ({ socket }) => void setTimeout(() => socket.end(), 50),
  'not-http': ({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.9\r\n'),
  'bad-length': ({ socket }) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a":'),
  'huge-header': ({ socket }) => void socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(200_000)}\r\n\r\n`),
};
/** Costly to read to the limit: asked by one path only. */
const ENDLESS: { readonly [name: string]: Play } = {
  endless: (played) => forever(head(played), Buffer.alloc(65_536, 0x78)),
  'endless-comments': (played) => forever(head(played), ': nothing\n\n'.repeat(2_000)),
};
/** After the first words of a stream: only in-band is left. */
const CUT: { readonly [name: string]: Play } = {
  cut: (played) => {
    head(played).write(WORD);
    setTimeout(() => played.socket.end(), 20);
  },
  reset: (played) => {
    head(played).write(WORD);
    setTimeout(() => played.socket.resetAndDestroy(), 20);
  },
  'clean-cut': (played) => void head(played).end(WORD + WORD),
  'half-frame': (played) => void head(played).end(`${WORD}${WORD.slice(0, 60)}`),
  'then-html': (played) => void head(played).end(WORD + HTML),
  'then-garbage': (played) => void head(played).end(`${WORD}data: {"choices": [{]}\n\n`),
};
/** A Claude without constrained output is made to call a tool whose arguments are the answer: here well and wrongly. */
const emulated =
  (answer: Json): Play =>
  (played) => {
    const response = head(played);
    const message = { id: 'm', type: 'message', role: 'assistant', model: 'm', stop_sequence: null };
    const usage = { input_tokens: 10, output_tokens: 20 };
    const tool = { type: 'tool_use', id: 't', name: 'structured_answer' };
    if (!played.isStream) {
      const content = [{ ...tool, input: answer }];
      return void response.end(JSON.stringify({ ...message, content, stop_reason: 'tool_use', usage }));
    }
    const send = (type: string, more: Json): boolean =>
      response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
    send('message_start', { message: { ...message, content: [], stop_reason: null, usage } });
    send('content_block_start', { index: 0, content_block: { ...tool, input: {} } });
    for (const partial_json of JSON.stringify(answer).split(/(?<=:)/))
      send('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json } });
    send('content_block_stop', { index: 0 });
    send('message_delta', { delta: { stop_reason: 'tool_use', stop_sequence: null }, usage });
    send('message_stop', {});
    response.end();
  };
const SCHEMED = { 'keeps-schema': emulated({ city: 'Oslo' }), 'breaks-schema': emulated({ town: 'Oslo' }) };
const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const STRICT = { name: 'place', strict: true, schema: SCHEMA };

const paths = PATHS.filter(isChat);
const plays = { ...SILENT, ...ENDLESS, ...CUT };
const upstream = await startUpstream({ ...plays, ...SCHEMED });
const subject = await startSubject({
  catalogue: {
    ...catalogueOf(upstream.origin, Object.keys(plays), 'openai-chat'),
    ...catalogueOf(upstream.origin, Object.keys(SCHEMED), 'anthropic-messages', ['tools']),
  },
  environment: { SWITCHWRIGHT_DEADLINE_SCALE: '0.1' },
});
after(async () => {
  await subject.proveUnharmed();
  upstream.close();
});

function ask(path: Path, play: string, isStream: boolean) {
  const model = `my/${play}`;
  const body = { ...path.body(model, 'hello'), ...(isStream && path.name !== 'gemini' && { stream: true }) };
  const url = path.url(model).replace(':generateContent', isStream ? ':streamGenerateContent?alt=sse' : '$&');
  return post(subject.gateway.origin + url, JSON.stringify(body));
}

const dataOf = (text: string): readonly string[] =>
  text.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []));

/** The last event tells of the failure, in the words of the dialect, and nothing before it claims a proper end. */
function assertBrokenOff({ name, refusal }: Path, text: string): void {
  const events = dataOf(text)
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as Json);
  const last = events.at(-1);
  assert(last, `${name}: no event at all`);
  if (name === 'responses') assert.match(JSON.stringify(last), /"type":"(response\.failed|error)"/);
  else refusal(last, Number((last.error as Json | undefined)?.code));
  assert.doesNotMatch(text, /"finish_reason":"stop"|message_stop|response\.completed|"finishReason":"STOP"/);
}

describe('before the first word', { concurrency: true }, () => {
  for (const path of paths)
    for (const play of Object.keys(path.name === 'chat' ? { ...SILENT, ...ENDLESS } : SILENT))
      for (const isStream of [false, true])
        test(`${path.name}: ${play}${isStream ? ', streamed' : ''}`, async () => {
          const answer = await ask(path, play, isStream);
          if (answer.status === 200 && isStream) return assertBrokenOff(path, answer.text);
          assert([502, 503, 504].includes(answer.status), `${answer.status}: ${answer.text.slice(0, 300)}`);
          assertRefused(path, answer, answer.status);
        });
});

describe('after the first word', { concurrency: true }, () => {
  for (const path of paths)
    for (const play of Object.keys(CUT))
      test(`${path.name}: ${play}`, async () => {
        const answer = await ask(path, play, true);
        assert.equal(answer.status, 200);
        assert(answer.text.includes('word '), `the words before the failure were lost: ${answer.text}`);
        assertBrokenOff(path, answer.text);
      });
});

describe('a strict schema that an endpoint cannot be held to', { concurrency: true }, () => {
  const formats: { readonly [path: string]: Json } = {
    chat: { response_format: { type: 'json_schema', json_schema: STRICT } },
    responses: { text: { format: { type: 'json_schema', ...STRICT } } },
    messages: { output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
  };
  for (const path of paths.filter(({ name }) => formats[name])) {
    const demand = (play: string, isStream: boolean) => {
      const body = { ...path.body(`my/${play}`, 'hello'), ...formats[path.name], ...(isStream && { stream: true }) };
      return post(subject.gateway.origin + path.url(`my/${play}`), JSON.stringify(body));
    };
    test(`${path.name}: an answer that breaks it is no answer`, async () => {
      assertRefused(path, await demand('breaks-schema', false), 502);
      const { text, headers } = await demand('breaks-schema', true);
      assert.match(text, /Oslo/, 'what came was passed on');
      assert.match(text, /does not fit the schema that was asked for \(\/city: required\)/);
      assertBrokenOff(path, text);
      const receipt = await getData(subject.gateway.base, `/generation?id=${headers.get('x-generation-id')}`);
      assert.deepEqual([receipt.fault, receipt.finish_reason], ['upstream_schema_mismatch', 'error']);
      assert.equal(receipt.total_cost, 30e-6, 'what was delivered is charged by the vendor’s count');
    });
    test(`${path.name}: an answer that keeps it ends well`, async () => {
      for (const isStream of [false, true]) {
        const { status, text } = await demand('keeps-schema', isStream);
        assert.equal(status, 200, text);
        assert.match(text, /"finish_reason":"stop"|"stop_reason":"end_turn"|"status":"completed"/);
      }
    });
  }
  test('the makers’ own clients take the broken stream for a failure', async () => {
    const { base, origin } = subject.gateway;
    const openai = new OpenAI({ baseURL: base, apiKey: API_KEY, maxRetries: 0 });
    const anthropic = new Anthropic({ baseURL: `${origin}/api`, authToken: API_KEY, apiKey: null, maxRetries: 0 });
    const messages = [{ role: 'user' as const, content: 'hello' }];
    const format = { type: 'json_schema' as const, schema: SCHEMA };
    const asked = (model: string): readonly (() => Promise<unknown>)[] => [
      () =>
        openai.chat.completions
          .stream({ model, messages, response_format: { type: 'json_schema', json_schema: STRICT } })
          .finalChatCompletion(),
      () => anthropic.messages.stream({ model, max_tokens: 100, messages, output_config: { format } }).finalMessage(),
      async () => {
        const stream = openai.responses.stream({ model, input: 'hello', text: { format: { ...format, ...STRICT } } });
        const { error } = await stream.finalResponse();
        if (error) throw new Error(error.message);
      },
    ];
    for (const ask of asked('my/keeps-schema')) await ask();
    for (const ask of asked('my/breaks-schema')) await assert.rejects(ask, /does not fit the schema/);
  });
});
