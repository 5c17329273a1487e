/** Bodies that no honest client sends, on every inference path: each gets a refusal in its own dialect. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { isObject } from '#src/base/json.ts';
import { assertRefused, isChat, PATHS, post, soundModel } from './inference.ts';
import { startSubject } from './subject.ts';

const subject = await startSubject();
after(() => subject.proveUnharmed());

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

const UNREADABLE: readonly (readonly [name: string, body: string | Uint8Array<ArrayBuffer>])[] = [
  ['empty', ''],
  ['half', '{"model": "sandbox/echo", "mess'],
  ['garbage', '\u0000\u0001<xml/>'],
  ['no quotes', '{model: 1}'],
  ['a list', '[]'],
  ['a string', '"hello"'],
  ['a number', '1e999'],
  ['null', 'null'],
  ['invalid UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
  ['20 000 levels', `{"model": "sandbox/echo", "input": ${deep(20_000)}}`],
  ['20 000 levels, open', `{"model": ${'{"a":'.repeat(20_000)}`],
];

const WRONG: readonly unknown[] = [
  1,
  true,
  {},
  [null],
  [[]],
  [1.5, 'x'],
  [{}],
  [{ role: 1 }],
  [{ role: 'user', content: 7 }],
];

/** Google reads a single turn for a list of one, and a turn may be empty. */
const isTurnWithoutParts = (value: unknown): boolean =>
  [value].flat(1).every((turn) => isObject(turn) && typeof turn.role !== 'number');

for (const path of PATHS) {
  const url = (model = soundModel(path)): string => subject.gateway.origin + path.url(model);
  const sound = (): { [key: string]: unknown } => ({ ...path.body(soundModel(path), 'hello') });
  const send = (body: object) => post(url(), JSON.stringify(body));

  test(`${path.name}: the sound request is answered`, async () => {
    const answer = await send(sound());
    assert.equal(answer.status, 200, answer.text);
  });

  for (const [name, body] of UNREADABLE)
    test(`${path.name}: ${name}`, async () => {
      assertRefused(path, await post(url(), body), 400);
    });

  test(`${path.name}: wrong types`, async () => {
    for (const value of WRONG) {
      if (path.name === 'gemini' && isTurnWithoutParts(value)) continue;
      const answer = await send({ ...sound(), [path.prompt]: value });
      assertRefused(path, answer, 400);
    }
    const fields =
      path.name === 'gemini' ? {} : { model: [1, {}, ['a']], stream: ['yes', 1, {}], models: ['a', [1], {}] };
    const numbers = path.name === 'gemini' || !isChat(path) ? {} : { temperature: ['hot', {}, []], top_p: ['x'] };
    for (const [field, values] of Object.entries({ ...fields, ...numbers }))
      for (const value of values) {
        const answer = await send({ ...sound(), [field]: value });
        assert.equal(answer.status, 400, `${path.name} ${field}=${JSON.stringify(value)}: ${answer.text}`);
        assertRefused(path, answer, 400);
      }
  });

  test(`${path.name}: unknown models and unknown preferences`, async () => {
    for (const model of [
      'nobody/none',
      '__proto__',
      'constructor',
      'sandbox/__proto__',
      'sandbox/echo:none',
      'x'.repeat(300),
    ]) {
      const answer = await post(url(model), JSON.stringify(path.body(model, 'hello')));
      const message = assertRefused(path, answer, 400);
      assert.match(message, /model/i);
    }
    const message = assertRefused(path, await send({ ...sound(), provider: { ordr: ['a'], __proto: 1 } }), 400);
    assert.match(message, /ordr/);
    assertRefused(path, await send({ ...sound(), provider: 'groq' }), 400);
    assertRefused(path, await send({ ...sound(), provider: { order: 'groq' } }), 400);
  });

  test(`${path.name}: names of the prototype change nothing`, async () => {
    const text = JSON.stringify(sound()).slice(0, -1);
    const poison = '"__proto__": {"polluted": true, "stream": true}, "constructor": {"prototype": {"polluted": true}}';
    const answer = await post(url(), `${text}, ${poison}}`);
    assert([200, 400].includes(answer.status), answer.text);
    const preferred = await post(url(), `${text}, "provider": {"__proto__": {"order": ["x"]}}}`);
    assertRefused(path, preferred, 400);
    const healthy = await send(sound());
    assert.equal(healthy.status, 200);
    assert(!healthy.text.includes('polluted'));
  });

  test(`${path.name}: a body over 32 MB is answered with 413`, async () => {
    const answer = await post(url(), Buffer.alloc(33 * 1024 * 1024, 0x20));
    assertRefused(path, answer, 413);
  });

  test(`${path.name}: line breaks in a model name reach no header`, async () => {
    const model = 'sandbox/echo\r\nx-injected: 1\r\n\r\n';
    const answer = await post(url(encodeURIComponent(model)), JSON.stringify(path.body(model, 'hello')));
    assertRefused(path, answer, 400);
    assert.equal(answer.headers.get('x-injected'), null);
  });
}

test('ten thousand messages are answered', async () => {
  const messages = Array.from({ length: 10_000 }, (_, at) => ({
    role: at % 2 ? 'assistant' : 'user',
    content: `${at}`,
  }));
  const answer = await post(
    `${subject.gateway.base}/chat/completions`,
    JSON.stringify({ model: 'sandbox/echo', messages: [...messages, { role: 'user', content: 'the last' }] }),
  );
  if (answer.status === 400) assert.match(answer.text, /context|messages/);
  else assert.equal(answer.status, 200);
});

test('hostile names of apps neither break a call nor a page', async () => {
  const headers = {
    'x-title': '<script>alert(1)</script>"><img src=x onerror=alert(2)>',
    'http-referer': 'https://evil.example/"><script>alert(3)</script>',
  };
  const body = JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: 'hello' }] });
  for (const more of [
    headers,
    { 'http-referer': 'javascript:alert(4)' },
    { 'http-referer': 'x'.repeat(6_000), 'x-title': '\u00ff'.repeat(4_000) },
  ])
    assert.equal((await post(`${subject.gateway.base}/chat/completions`, body, more)).status, 200);
  for (const page of ['/apps', '/rankings']) {
    const html = await (await fetch(subject.gateway.origin + page)).text();
    assert(html.includes('&lt;script&gt;alert(1)'), `${page} does not show the name`);
    assert(!html.includes('<script>alert'), `${page} does not escape`);
    assert(!html.includes('<img src=x'), `${page} does not escape`);
    assert(!/href="?javascript:/i.test(html), `${page} links to a script`);
  }
});
