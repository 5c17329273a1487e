import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OWNER_ACCOUNT_ID } from '../../src/access/owner.ts';
import { startInstance } from './instance.ts';
import { HOSTILE_TITLE, monthOfReceipts, receiptOf } from './receipt.ts';

const receipts = [
  ...monthOfReceipts(OWNER_ACCOUNT_ID),
  receiptOf('gen-own', OWNER_ACCOUNT_ID, HOSTILE_TITLE),
  receiptOf('gen-other', 'someone else', 'x'),
];
const { origin, close, signInToken, session } = await startInstance({ receipts });
after(close);

const get = async (path: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> => {
  const response = await fetch(origin + path, { headers, redirect: 'manual' });
  return { status: response.status, text: await response.text() };
};
/** What a reader sees without a script: tags removed, entities resolved. */
const readable = (markup: string): string =>
  markup
    .replace(/<(button|option|div|span)[^>]* (?:data-script-only|hidden)[^>]*>.*?<\/\1>/gs, '')
    .replace(/<[^>]+>/g, '')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');

test('the model page says everything before a script runs', async () => {
  const { status, text } = await get('/openai/gpt-4.1-mini');
  assert.equal(status, 200);
  assert.match(text, /<title>OpenAI: GPT-4.1 Mini – Run with an API<\/title>/);
  assert.match(text, /<h1>OpenAI: GPT-4.1 Mini<\/h1>/);
  assert.match(text, /property="og:title" content="OpenAI: GPT-4.1 Mini – Run with an API"/);
  assert.match(text, /property="og:description" content="A mid-sized model/);
  const words = readable(text);
  for (const fact of [
    'openai/gpt-4.1-mini',
    'Created Apr 14, 2025',
    '1,047,576 context',
    'Starting at $0.40/M input tokens',
    '$1.60/M output tokens',
    'text, images, files',
    'tool calling',
    'Aider Polyglot',
    'aider.chat',
    'Azure',
    'no training, keeps nothing',
    'More models from OpenAI',
  ])
    assert.ok(words.includes(fact), fact);
});

test('a model that nobody can be asked for names the keys that would change it', async () => {
  assert.equal((await get('/openai/gpt-4.1-mini')).text.includes('No provider of this model is on'), false);
  const words = readable((await get('/anthropic/claude-haiku-4.5')).text);
  assert.match(words, /No provider of this model is on\. Start with [A-Z_]+_KEY/);
});

test('what answers here comes first, and prices that no call from here pays look otherwise', async () => {
  const { text } = await get('/models');
  const rows = [...text.matchAll(/<tr data-at.*?<\/tr>/gs)].map(([row]) => row);
  const answers = rows.map((row) => row.includes('class="state live"'));
  assert.ok(answers.includes(true) && answers.includes(false));
  assert.equal(answers.lastIndexOf(true) < answers.indexOf(false), true, `${answers}`);
  rows.forEach((row, at) => {
    assert.equal(row.includes('class="elsewhere" title="asked by '), !answers[at], row);
  });
});

test('endpoints stand in the order in which calls try them, each with the reason', async () => {
  const { text } = await get('/openai/gpt-4.1-mini');
  const rows = [...text.matchAll(/<tr data-at.*?<\/tr>/gs)].map(([row]) => row);
  const places = rows.flatMap((row) => {
    const [, reason, place] =
      /<td class="number"[^>]*><span (?:class="none" )?title="([^"]*)">([^<]*)</.exec(row) ?? [];
    const [, tag] = /<code class="id">([^<]*)</.exec(row) ?? [];
    return place === undefined ? [] : [[place, tag, reason]];
  });
  assert.deepEqual(places[0], ['1', 'openai', 'the only one of its kind']);
  assert.deepEqual(places[1]?.slice(0, 2), ['–', 'azure']);
  assert.match(places[1]?.[2] ?? '', /^not tried: credentials: .*AZURE/);
});

test('a provider’s page tells how it has served this instance', async () => {
  const words = readable((await get('/provider/openai')).text);
  for (const fact of ['100% answered in 30 days', '31 requests', '0 failed attempts', 'Attempts per day'])
    assert.ok(words.includes(fact), fact);
  assert.ok(readable((await get('/provider/hostile')).text).includes('Nothing was sent there in the last 30 days.'));
});

test('the Python sample is complete and points here', async () => {
  const words = readable((await get('/openai/gpt-4.1-mini')).text);
  for (const line of [
    `base_url="${origin}/api/v1"`,
    'api_key="<SWITCHWRIGHT_API_KEY>"',
    'client.chat.completions.create(',
    '"HTTP-Referer": "<YOUR_SITE_URL>"',
    '"X-Title": "<YOUR_SITE_NAME>"',
    'extra_body={}',
    'model="openai/gpt-4.1-mini"',
    '"text": "What is in this image?"',
    '"type": "image_url"',
    'print(completion.choices[0].message.content)',
  ])
    assert.ok(words.includes(line), line);
});

test('a model that reads no images is asked in text', async () => {
  const words = readable((await get('/meta-llama/llama-3.3-70b-instruct')).text);
  assert.equal(words.includes('image_url'), false);
  assert.ok(words.includes('What is the meaning of life?'));
});

test('no text from outside becomes markup', async () => {
  for (const path of [
    '/hostile/model',
    '/provider/hostile',
    '/providers',
    '/models',
    '/rankings',
    '/apps',
    '/hostile',
  ]) {
    const { text } = await get(path);
    assert.equal(/<script(?! type="module" src="\/assets\/)/.test(text), false, path);
    assert.equal(/<img/.test(text), false, path);
    assert.equal(/href="(?!https?:|\/|\?|#)/.test(text), false, path);
  }
  assert.ok(readable((await get('/apps')).text).includes(HOSTILE_TITLE));
  assert.equal((await get('/%3Cscript%3Ealert(1)%3C%2Fscript%3E/x')).text.includes('<script>'), false);
  assert.equal((await get('/models?q=%22%3E%3Cscript%3E&sort=%22%3E%3Cscript%3E')).text.includes('<script>'), false);
});

test('every page forbids what it does not need', async () => {
  const response = await fetch(`${origin}/models`);
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.equal(/unsafe|\*|http/.test(policy), false);
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
});

test('no internal link is dead, on any page that can be reached', async () => {
  const found = new Map<string, string>([['/', 'the start']]);
  const identifiers = new Map<string, ReadonlySet<string>>();
  const anchors: [path: string, id: string, from: string][] = [];
  for (const [path, from] of found) {
    const { status, text } = await get(path);
    assert.equal(status, 200, `${path}, linked from ${from}`);
    identifiers.set(path, new Set([...text.matchAll(/ id="([^"]*)"/g)].map((match) => match[1] ?? '')));
    for (const [tag] of text.matchAll(/<(?:script|link|img|source|iframe|object|embed|form)\b[^>]*>/g))
      for (const [, address = ''] of tag.matchAll(/(?:href|src|data|action)="([^"]*)"/g))
        assert.equal(new URL(address, origin + path).origin, origin, `${path} asks another host: ${tag}`);
    for (const match of text.matchAll(/(?:href|src)="([^"]*)"/g)) {
      const url = new URL((match[1] ?? '').replaceAll('&amp;', '&'), origin + path);
      if (url.origin !== origin) continue;
      const target = url.pathname + url.search;
      if (url.hash) anchors.push([target, url.hash.slice(1), path]);
      // Sorting only reorders a page that is looked at anyway.
      if (!url.searchParams.has('sort') && !found.has(target)) found.set(target, path);
    }
  }
  assert.ok(found.size > 25, `only ${found.size} pages`);
  for (const [path, id, from] of anchors)
    assert.ok(identifiers.get(path)?.has(id), `${from} links to ${path}#${id}, which is not there`);
});

test('filters and order in the URL hold without a script', async () => {
  const { text } = await get('/models?reads=image&sort=-input');
  const rows = [...text.matchAll(/<tr data-at[^>]*data-search="[^"]*?([^" ]+)"[^>]*?( hidden)?>/g)];
  const shown = rows.filter((row) => !row[2]).map((row) => row[1]);
  assert.deepEqual(shown, ['openai/gpt-4.1', 'anthropic/claude-haiku-4.5', 'openai/gpt-4.1-mini']);
  assert.match(text, />3 of 5</);
});

test('a sign-in link works once it is right, and receipts are for their owner', async () => {
  const good = await fetch(`${origin}/sign-in?token=${signInToken}`, { redirect: 'manual' });
  assert.equal(good.status, 303);
  assert.equal(good.headers.get('location'), '/');
  assert.match(good.headers.get('set-cookie') ?? '', /_session=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Lax/);
  assert.equal((await get(`/sign-in?token=${signInToken}`)).status, 403, 'a second time');
  assert.equal((await get('/sign-in?token=wrong')).status, 403);
  assert.equal((await get('/sign-in')).status, 200);
  assert.equal((await get('/generation/gen-own')).status, 404);
});

test('a receipt tells every attempt, every meter and the cost, to its owner alone', async () => {
  const owner = { cookie: `${session.name}=${session.value}` };
  const { status, text } = await get('/generation/gen-own', owner);
  assert.equal(status, 200);
  const words = readable(text);
  for (const fact of [
    'openai/gpt-4.1-mini@azure',
    'upstream_overloaded',
    '503',
    '1,024',
    '$0.0010832',
    'drawn by price, 52 % of the weight; about $0.0010816; 99.87 % answered; first content after 640 ms; 71.5 tokens/s',
    'credentials: it had no key',
    'tier: a service tier nobody asked for',
    'top_k',
    HOSTILE_TITLE,
    'Paid bythis instance',
    'curl http://',
  ])
    assert.ok(words.includes(fact), fact);
  assert.ok(text.includes('href="/requests?key=key"'));
  assert.ok(text.includes('until it failed: 2 ms from 212 ms on'));
  const replayed = await get('/generation/gen-own?replay=1', owner);
  assert.match(replayed.text, /The catalogue says something else of these models by now/);
  assert.equal(/<script(?! type="module")|<b>busy/.test(text), false);
  assert.equal((await get('/generation/gen-other', owner)).status, 404);
  assert.equal((await get('/generation/gen-own')).status, 404);
  const home = readable((await get('/', owner)).text);
  assert.ok(home.includes('Requests') && home.includes('$0.001083'));
});

test('signing out ends the session', async () => {
  const mine = await fetch(`${origin}/sign-out`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: `${session.name}=${session.value}`, 'content-type': 'application/x-www-form-urlencoded' },
  });
  assert.equal(mine.status, 303);
  assert.match(mine.headers.get('set-cookie') ?? '', /_session=; .*Max-Age=0/);
  const after = await get('/generation/gen-own', { cookie: `${session.name}=${session.value}` });
  assert.equal(after.status, 404);
});

test('what is not there says so: a page for people, JSON below the API', async () => {
  for (const [path, near] of [
    ['/openai/gpt-4.1-mni', '/openai/gpt-4.1-mini'],
    ['/opnai', '/openai'],
    ['/provider/opnai', '/provider/openai'],
    ['/nobody/nothing', '/models'],
    ['/compare/nobody/nothing', '/models'],
    ['/apps?url=https%3A%2F%2Fnobody.example', '/apps'],
  ] as const) {
    const missing = await get(path);
    assert.equal(missing.status, 404, path);
    assert.match(missing.text, /<h1>Not found<\/h1>/, path);
    assert.ok(missing.text.slice(missing.text.indexOf('<h1>')).includes(`<a href="${near}">`), `${path} helps nobody`);
  }
  for (const path of ['/api/nothing', '/v1/nothing', '/api']) {
    const { status, text } = await get(path);
    assert.equal(status, 404, path);
    assert.equal(JSON.parse(text).error.code, 404, path);
  }
});

test('the theme comes from the cookie, so that the first paint has it', async () => {
  assert.match((await get('/', { cookie: 'a=b; theme=dark' })).text, /<html lang="en"[^>]* data-theme="dark">/);
  assert.match((await get('/', { cookie: 'theme="><script>' })).text, /<html lang="en"(?: data-scripted)?>/);
});

test('machines find their way: robots.txt, llms.txt, the list for the palette', async () => {
  assert.match((await get('/robots.txt')).text, /Disallow: \/api\//);
  assert.ok((await get('/llms.txt')).text.includes(`${origin}/openai/gpt-4.1-mini`));
  const entries: { path: string }[] = JSON.parse((await get('/palette.json')).text);
  assert.ok(entries.some((entry) => entry.path === '/openai/gpt-4.1-mini'));
});

test('models are compared side by side, up to four, and another is a form away', async () => {
  const added = await fetch(`${origin}/compare/openai/gpt-4.1?add=openai%2Fgpt-4.1-mini`, { redirect: 'manual' });
  assert.equal(added.status, 303);
  assert.equal(added.headers.get('location'), '/compare/openai/gpt-4.1/openai/gpt-4.1-mini');
  const { status, text } = await get('/compare');
  assert.equal(status, 200);
  assert.match(text, /<input name="add"/);
  const words = readable((await get('/compare/openai/gpt-4.1/openai/gpt-4.1-mini')).text);
  for (const fact of ['$0.40', '$8.00', '1.05M', 'tool calling']) assert.ok(words.includes(fact), fact);
  assert.match(words, /Aider Polyglot\s*52\.9% diff, openai\.com\s*32\.4% aider\.chat/, 'one line, with what differs');
});

test('the docs say of every field what other dialects call it, and who takes it', async () => {
  const request = readable((await get('/docs/request')).text);
  for (const fact of ['generationConfig.topK', 'max_output_tokens', 'stop_sequences', 'in every dialect'])
    assert.ok(request.includes(fact), fact);
  const { text } = await get('/docs/parameters');
  const entry = text.slice(text.indexOf('<div id="min_p">'), text.indexOf('<div id="top_a">'));
  assert.match(readable(entry), /left out for providers that speak .*Anthropic Messages/);
  const taken = /href="\/models\?feature=temperature">(\d+) models?</.exec(text)?.[1];
  assert.match((await get('/models?feature=temperature')).text, new RegExp(`>${taken} of 5<`));
});
