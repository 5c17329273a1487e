import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../base/limits.ts';
import type { WireRequest, World } from '../base/world.ts';
import type { Fetching } from '../facts/fetching.ts';
import { ENGINES } from './engines/index.ts';
import { fetchPage } from './fetch-page.ts';
import { pageText } from './page-text.ts';
import { matchesDomain, openSearch } from './search.ts';

const world = {
  elapsed: () => 0,
  after: (_ms: number, task: () => void) => {
    setImmediate(task);
    return () => {};
  },
} as unknown as World;

const QUERY = { text: 'cats', maxResults: 3, allowedDomains: [], excludedDomains: [], maxCharacters: 20 };

/** Answers every request with the same, and keeps what was asked. */
function answering(status: number, body: string | Uint8Array, headers = {}) {
  const asked: WireRequest[] = [];
  const fetching: Fetching = (request) => {
    asked.push(request);
    return Promise.resolve({ ok: true, value: { status, headers, body: Buffer.from(body) } });
  };
  return { asked, fetching };
}

test('the text of a page is what people read of it, a line for each block', async () => {
  const html =
    '<html><head><title> A &amp; B </title><style>p{}</style></head><body><h1>Head</h1><script>bad()</script><p>One <b>two</b>.</p><ul><li>x<li>y</ul><noscript>no</noscript></body>';
  assert.deepEqual(await pageText(world, html, 1_000), {
    title: 'A & B',
    text: '# Head\nOne two.\n- x\n- y',
  });
});

test('neither depth nor breadth nor length of a page costs more than was asked for', async () => {
  const deep = `${'<div>'.repeat(200_000)}deep`;
  assert.equal((await pageText(world, deep, 100)).text, 'deep');
  const long = `<p>${'word '.repeat(400_000)}</p>`;
  assert.equal((await pageText(world, long, 1_000)).text.length <= 1_000, true);
  const open = `<a href="${'x'.repeat(500_000)}`;
  assert.equal((await pageText(world, open, 100)).text.length <= 100, true);
});

test('what nobody reads ends with its element, or with what it stands in', async () => {
  const textOf = async (html: string): Promise<string> => (await pageText(world, html, 1_000)).text;
  assert.equal(await textOf('<svg><title>x</title><g><path/><text>no</text></g></svg>yes'), 'yes');
  assert.equal(await textOf('<div>a<svg><path>no</div>b'), 'a\nb');
  assert.equal(await textOf('<template><p>no<img>no</p></template>yes &lt;b&gt; &amp;c'), 'yes <b> &c');
  assert.equal(
    await textOf('<SCRIPT>if (a<b) x()</SCRIPT><textarea><b>as it stands</b></textarea>'),
    '<b>as it stands</b>',
  );
  assert.equal(await textOf('<h2>One</h2>two<br>three<hr>four'), '## One\ntwo\nthree\nfour');
  assert.equal(await textOf(`<p>${'a '.repeat(2)} </p><p> b</p>`), 'a a\nb');
});

test('domains are hosts with all below them, and paths', () => {
  for (const [url, pattern, is] of [
    ['https://a.example.com/x', 'example.com', true],
    ['https://badexample.com/', 'example.com', false],
    ['https://me.substack.com/', '*.substack.com', true],
    ['https://openai.com/blog/1', 'openai.com/blog', true],
    ['https://openai.com/blogs', 'openai.com/blog', false],
    ['https://example.com/', '', false],
  ] as const)
    assert.equal(matchesDomain(url, pattern), is, `${url} ${pattern}`);
});

/** What each engine answers, as its documentation shows it (read 2026-11-29). */
const ANSWERS: { readonly [id: string]: object } = {
  exa: { results: [{ url: 'https://a.test/', title: 'A', highlights: ['one'], publishedDate: '2026-01-02' }] },
  parallel: { results: [{ url: 'https://a.test/', title: 'A', excerpts: ['one'], publish_date: '2026-01-02' }] },
  tavily: { results: [{ url: 'https://a.test/', title: 'A', content: 'one', published_date: '2026-01-02' }] },
  brave: { web: { results: [{ url: 'https://a.test/', title: 'A', description: 'one', page_age: '2026-01-02' }] } },
  firecrawl: {
    success: true,
    data: { web: [{ url: 'https://a.test/', title: 'A', description: 'one', date: '2026-01-02' }] },
  },
  searxng: { results: [{ url: 'https://a.test/', title: 'A', content: 'one', publishedDate: '2026-01-02' }] },
};

for (const engine of ENGINES)
  test(`${engine.name} is on with its key or address, and is asked in its own words`, async () => {
    const { asked, fetching } = answering(200, JSON.stringify(ANSWERS[engine.id]));
    assert.equal(openSearch({}, fetching).engineFor(engine.id, false).ok, false);
    const variables = engine.keyVariable
      ? { [engine.keyVariable]: 'secret-key' }
      : { [engine.baseUrlVariable]: 'http://127.0.0.1:9/' };
    const search = openSearch(variables, fetching);
    const ready = search.engineFor('auto', false);
    assert.ok(ready.ok);
    assert.equal(ready.value.engine.id, engine.id);
    const found = await search.run(ready.value, { ...QUERY, excludedDomains: ['b.test'] });
    assert.deepEqual(found.ok && found.value.pages, [
      { url: 'https://a.test/', title: 'A', text: 'one', publishedAt: '2026-01-02' },
    ]);
    const [request] = asked;
    assert.equal(request?.reach, 'operator');
    const sent = `${request?.url} ${JSON.stringify(request?.headers)} ${request?.body}`;
    assert.match(sent, /cats/);
    if (engine.keyVariable) assert.match(JSON.stringify(request?.headers), /secret-key/);
    assert.doesNotMatch(String(request?.url), /secret-key/);
  });

test('an engine that is down, lies or answers nonsense is told in words', async () => {
  const told = async (status: number, body: string) => {
    const search = openSearch({ EXA_API_KEY: 'k' }, answering(status, body).fetching);
    const ready = search.engineFor(undefined, false);
    assert.ok(ready.ok);
    const found = await search.run(ready.value, { ...QUERY, allowedDomains: ['a.test'] });
    return found.ok ? found.value.pages.map(({ url, text }) => [url, text.length]) : found.error.message;
  };
  assert.equal(await told(503, ''), 'Exa answered with status 503');
  assert.equal(await told(200, '<html>'), 'Exa answered with something that is no JSON');
  assert.deepEqual(await told(200, '{"results":"none"}'), []);
  const results = [
    { url: 'https://elsewhere.test/', text: 'x' },
    { url: 'javascript:alert(1)', text: 'x' },
    { url: 'https://a.test/', text: 'x'.repeat(5_000) },
    'no object',
  ];
  assert.deepEqual(await told(200, JSON.stringify({ results })), [['https://a.test/', 20]]);
});

test('a page is fetched without anything secret, each redirect is looked at anew, and most kinds are not read', async () => {
  const bounds = { lengthMax: 100, isAllowed: (url: string) => !url.includes('blocked.test') };
  const page = async (url: string, ...answers: Parameters<typeof answering>) => {
    const { asked, fetching } = answering(...answers);
    const got = await fetchPage({ world, fetching }, url, bounds, () => {});
    for (const { headers, reach } of asked) {
      assert.equal(reach, 'public');
      assert.deepEqual(Object.keys(headers).sort(), ['accept', 'user-agent']);
    }
    return [got.ok ? got.value.text : got.error.message, asked.length] as const;
  };
  assert.deepEqual(await page('https://a.test/', 200, '<p>Hi</p>', { 'content-type': 'text/html' }), ['Hi', 1]);
  assert.match((await page('https://a.test/', 200, 'x', { 'content-type': 'video/mp4' }))[0], /video\/mp4/);
  assert.match((await page('https://a.test/', 404, ''))[0], /status 404/);
  const moved = { location: 'https://blocked.test/' };
  assert.deepEqual(await page('https://a.test/', 302, '', moved), [
    'its domain is not among those that this request allows',
    1,
  ]);
  const [words, count] = await page('https://a.test/', 302, '', { location: '/again' });
  assert.match(words, /redirects/);
  assert.equal(count, LIMITS.asset_redirects_max + 1);
  assert.deepEqual(await page('https://user:pass@a.test/', 200, 'x'), ['URLs with credentials are not fetched', 0]);
  assert.deepEqual(await page('ftp://a.test/', 200, 'x'), ['only http and https are fetched', 0]);
});
