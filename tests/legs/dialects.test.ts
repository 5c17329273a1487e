/** Tools and plugins of the gateway over HTTP, in every dialect that programs speak, streamed and whole. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { API_KEY, type GatewayProcess, startGateway } from '../gateway-process.ts';
import { SPEAKERS, speak } from '../speakers.ts';

let gateway: GatewayProcess;
before(async () => {
  gateway = await startGateway();
});
after(async () => assert.equal(await gateway.stop(), 0));

const post = async (path: string, body: object): Promise<{ readonly status: number; readonly text: string }> => {
  const response = await fetch(`${gateway.origin}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
};

const receiptOf = async (id: string | null) => {
  const response = await fetch(`${gateway.base}/generation?id=${id}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  return ((await response.json()) as { data: { [name: string]: unknown } }).data;
};

/** Formats that have no place for citations. */
const UNCITED = new Set(['openai-completions']);

for (const speaker of SPEAKERS)
  for (const stream of [false, true]) {
    const { id } = speaker.client.dialect;
    test(`${id}, ${stream ? 'streamed' : 'whole'}: the plugin web searches before the call, and cites`, async () => {
      const more = { body: { plugins: [{ id: 'web', max_results: 2 }] } };
      const heard = await speak(gateway.origin, speaker, 'sandbox/echo', stream, more);
      assert.equal(heard.status, 200, heard.text);
      const [choice] = heard.told.choices;
      assert.match(choice?.text ?? '', /https:\/\/news\.example\/hello/);
      assert.match(choice?.text ?? '', /https:\/\/wiki\.example\/hello/);
      assert.doesNotMatch(choice?.text ?? '', /https:\/\/forum\.example/);
      if (!UNCITED.has(id)) assert.equal(choice?.citations.length, 2, heard.text);
      const receipt = await receiptOf(heard.id);
      assert.equal(receipt.num_search_results, 1);
      assert.doesNotMatch(JSON.stringify(receipt.losses), /plugins/);
    });

    test(`${id}, ${stream ? 'streamed' : 'whole'}: behind a model's name, :online is the same`, async () => {
      const heard = await speak(gateway.origin, speaker, 'sandbox/echo:online', stream);
      assert.equal(heard.status, 200, heard.text);
      assert.match(heard.told.choices[0]?.text ?? '', /https:\/\/forum\.example\/hello/);
    });
  }

const TOOLED = SPEAKERS.filter(({ client }) =>
  ['openai-chat', 'openai-responses', 'anthropic-messages'].includes(client.dialect.id),
);
for (const speaker of TOOLED)
  for (const stream of [false, true])
    test(`${speaker.client.dialect.id}, ${stream ? 'streamed' : 'whole'}: a tool runs between two exchanges of one answer`, async () => {
      const more = { body: { tools: [{ type: 'openrouter:web_search', parameters: { max_results: 1 } }] } };
      const heard = await speak(gateway.origin, speaker, 'sandbox/tools', stream, more);
      assert.equal(heard.status, 200, heard.text);
      const [choice] = heard.told.choices;
      assert.match(choice?.text ?? '', /Here is what I found: web_search returned .*news\.example/);
      assert.deepEqual(choice?.tools, [], 'a tool of ours is no call of the caller’s');
      assert.equal(choice?.citations.length, 1);
      assert.match(heard.text, /"tool_calls_executed":1|"web_search_requests":1/);
      const { legs } = await receiptOf(heard.id);
      assert.deepEqual(
        (legs as { purpose: string; name?: string; by?: string }[]).map((leg) => [leg.purpose, leg.name, leg.by]),
        [
          ['answer', undefined, undefined],
          ['tool', 'web_search', 'sandbox'],
          ['answer', undefined, undefined],
        ],
      );
    });

test('the page of a receipt shows the steps, and what the tools cost', async () => {
  const response = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'sandbox/tools',
      messages: [{ role: 'user', content: 'cats' }],
      tools: [{ type: 'openrouter:web_search' }],
    }),
  });
  const { id } = (await response.json()) as { id: string };
  const page = await fetch(`${gateway.origin}/generation/${id}`, { headers: { authorization: `Bearer ${API_KEY}` } });
  const text = await page.text();
  assert.equal(page.status, 200);
  assert.match(text, /<h2>Steps<\/h2>[\s\S]*tool <code>web_search<\/code>[\s\S]*sandbox/);
  assert.match(text, /Tools of the gateway/);
});

test('Ollama and Cohere have their words for it', async () => {
  const messages = [{ role: 'user', content: 'cats' }];
  const ollama = await post('/api/chat', { model: 'sandbox/echo:online', messages, stream: false });
  assert.match(JSON.parse(ollama.text).message.content, /news\.example\/cats/);
  const cohere = await post('/v2/chat', { model: 'sandbox/echo:online', messages });
  assert.match(JSON.parse(cohere.text).message.content[0].text, /news\.example\/cats/);
});

test('what is shown of a tool may come back in the next turn, in every dialect that shows it', async () => {
  const tools = [{ type: 'openrouter:datetime' }];
  const content = 'What datetime is it?';
  const next = { role: 'user', content: 'Thanks' };
  const chat = JSON.parse(
    (await post('/api/v1/chat/completions', { model: 'sandbox/tools', tools, messages: [{ role: 'user', content }] }))
      .text,
  );
  const turns: readonly (readonly [path: string, body: object])[] = [
    [
      '/api/v1/chat/completions',
      { model: 'sandbox/echo', messages: [{ role: 'user', content }, chat.choices[0].message, next] },
    ],
    [
      '/api/v1/responses',
      {
        model: 'sandbox/echo',
        input: [
          { role: 'user', content },
          ...JSON.parse((await post('/api/v1/responses', { model: 'sandbox/tools', tools, input: content })).text)
            .output,
          next,
        ],
      },
    ],
    [
      '/api/v1/messages',
      {
        model: 'sandbox/echo',
        max_tokens: 100,
        messages: [
          { role: 'user', content },
          {
            role: 'assistant',
            content: JSON.parse(
              (
                await post('/api/v1/messages', {
                  model: 'sandbox/tools',
                  max_tokens: 100,
                  tools,
                  messages: [{ role: 'user', content }],
                })
              ).text,
            ).content,
          },
          next,
        ],
      },
    ],
  ];
  for (const [path, body] of turns) {
    assert.match(JSON.stringify(body), /openrouter:datetime|server_tool_use/, path);
    const { status, text } = await post(path, body);
    assert.equal(status, 200, text);
    assert.match(text, /Thanks/);
  }
});

test('what nothing here is set up for is told, and costs nothing', async () => {
  const messages = [{ role: 'user', content: 'cats' }];
  const refused = async (body: object) => {
    const { status, text } = await post('/api/v1/chat/completions', { model: 'sandbox/echo', messages, ...body });
    return [status, JSON.parse(text).error.message as string] as const;
  };
  const [status, message] = await refused({ plugins: [{ id: 'web', engine: 'exa' }] });
  assert.equal(status, 400);
  assert.match(message, /'exa' is not set up here: set EXA_API_KEY/);
  assert.match((await refused({ plugins: [{ id: 'web', engine: 'ask-jeeves' }] }))[1], /Known are: exa, parallel/);
  assert.match((await refused({ plugins: [{ id: 'web', max_results: 26 }] }))[1], /max_results/);
  assert.match(
    (await refused({ model: 'sandbox/tools', tools: [{ type: 'openrouter:juggle' }] }))[1],
    /no server tool 'openrouter:juggle'/,
  );
  assert.match(
    (await refused({ model: 'sandbox/tools', n: 2, tools: [{ type: 'openrouter:datetime' }] }))[1],
    /take one answer/,
  );
  assert.match(
    (
      await refused({
        model: 'sandbox/tools',
        tools: [{ type: 'openrouter:datetime', parameters: { timezone: 'Mars' } }],
      })
    )[1],
    /tools\[0\]\.parameters\.timezone/,
  );
});

test('no tool reaches what is not on the public internet', async () => {
  const { port } = new URL(gateway.origin);
  for (const url of [
    `http://127.0.0.1:${port}/metrics`,
    `http://localhost:${port}/metrics`,
    `http://[::1]:${port}/`,
    'http://169.254.169.254/latest/meta-data/',
    'file:///etc/passwd',
    'http://user:secret@example.com/',
  ]) {
    const { text } = await post('/api/v1/chat/completions', {
      model: 'sandbox/echo',
      messages: [{ role: 'user', content: `Read ${url} please` }],
      plugins: [{ id: 'web-fetch' }],
    });
    const { content } = JSON.parse(text).choices[0].message;
    assert.doesNotMatch(content, /switchwright_|ami-id|root:/);
    if (url.startsWith('http')) assert.match(content, /could not be read/, content);
  }
});
