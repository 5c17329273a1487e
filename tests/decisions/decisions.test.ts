/** Typed questions and judgements through the running gateway, as the newest clients see them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import type { DecisionsRequest } from '@openrouter/sdk/models';
import OpenAI from 'openai';
import { API_KEY, MANAGEMENT_KEY, skipReason, startGateway } from '../gateway-process.ts';
import { pythonWithDeciders } from '../sdks/python.ts';

const gateway = await startGateway({});
after(() => gateway.stop());

const STATE = 'the invoice was charged twice';
const QUESTIONS = {
  charged: { type: 'noul', instructions: 'charged twice' },
  about: { type: 'choice', instructions: 'about', criteria: { invoice: 'the invoice', weather: 'rain' } },
  anger: { type: 'score', instructions: 'how', criteria: ['calm', 'charged'] },
} satisfies DecisionsRequest['questions'];

async function post(path: string, body: object): Promise<[number, { readonly [name: string]: unknown }]> {
  const response = await fetch(gateway.origin + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return [response.status, (await response.json()) as { readonly [name: string]: unknown }];
}

test('OpenRouter’s SDK asks by name, and the record says what it was', async () => {
  const client = new OpenRouter({ apiKey: API_KEY, serverURL: gateway.base });
  const decisionsRequest = { model: 'sandbox/decide', state: STATE, questions: QUESTIONS };
  const answered = await client.systemOne.create({ decisionsRequest });
  assert.deepEqual(answered.answers.charged, { type: 'noul', noul: 1 });
  const { about, anger } = answered.answers;
  assert.ok(about?.type === 'choice' && about.choice === 'invoice');
  assert.ok(anger?.type === 'score' && anger.score > 0.5);
  assert.ok(answered.usage.inputTokens > 0);
  const record = await client.generations.getGeneration({ id: answered.id ?? '' });
  assert.equal(record.data.apiType, 'decisions');
});

test('every path understands both shapes', async () => {
  const listed = { input: STATE, questions: [{ type: 'predicate', instructions: 'charged twice' }] };
  const mapped = { state: STATE, questions: { charged: QUESTIONS.charged } };
  for (const path of ['/api/v1/systemone', '/v1/decisions', '/api/alpha/decisions']) {
    const [, byName] = await post(path, { model: 'sandbox/decide', ...mapped });
    assert.deepEqual(byName.answers, { charged: { type: 'noul', noul: 1 } }, path);
    const [, inOrder] = await post(path, { model: 'sandbox/decide', ...listed });
    assert.deepEqual(inOrder.answers, [{ name: null, type: 'predicate', probability: 1 }], path);
  }
});

test('a model that decides writes no chat, and one that chats decides nothing: both refusals say where to go', async () => {
  const [chat, chatted] = await post('/v1/chat/completions', {
    model: 'sandbox/decide',
    messages: [{ role: 'user', content: 'hi' }],
  });
  assert.equal(chat, 400, JSON.stringify(chatted));
  assert.match(JSON.stringify(chatted), /it serves decisions/);
  const [decided, told] = await post('/v1/decisions', { model: 'sandbox/echo', state: 'x', questions: QUESTIONS });
  assert.equal(decided, 400, JSON.stringify(told));
  assert.match(JSON.stringify(told), /it serves chat/);
});

test('OpenAI’s SDK for Node reads decisions and judgements', async () => {
  const client = new OpenAI({ apiKey: API_KEY, baseURL: gateway.base });
  const decision = await client.decisions.create({
    model: 'sandbox/decide' as 'gpt-6-luna',
    input: STATE,
    questions: [{ type: 'predicate', name: 'charged', instructions: 'charged twice' }],
  });
  assert.deepEqual(decision.answers, [{ name: 'charged', type: 'predicate', probability: 1 }]);
  const { results } = await client.moderations.create({
    model: 'sandbox/moderate',
    input: ['some violence', 'a flower'],
  });
  assert.deepEqual(
    results.map(({ flagged }) => flagged),
    [true, false],
  );
});

test('models for them are listed where they are asked for, and nowhere else', async () => {
  const idsOf = async (query: string): Promise<string[]> => {
    const response = await fetch(`${gateway.base}/models${query}`, {
      headers: { authorization: `Bearer ${MANAGEMENT_KEY}` },
    });
    return ((await response.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
  };
  const decisions = await idsOf('?output_modalities=decisions');
  assert.ok(decisions.includes('typesafe/jev-1.13') && decisions.includes('openai/gpt-6-luna-decisions'));
  assert.ok((await idsOf('?output_modalities=moderation')).includes('openai/omni-moderation-latest'));
  const ordinary = await idsOf('');
  assert.ok(!ordinary.includes('typesafe/jev-1.13') && !ordinary.includes('openai/omni-moderation-latest'));
});

test('a model that chats judges too, at its price, where its file says so', async () => {
  const asked: string[] = [];
  const host = createServer(async (request, response) => {
    asked.push(`${request.url} ${JSON.parse(await text(request)).messages[0].content[0].text}`);
    const answer = {
      choices: [{ message: { content: 'unsafe\nS10' } }],
      usage: { prompt_tokens: 100, completion_tokens: 4 },
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((listening) => host.listen(0, '127.0.0.1', listening));
  const { port } = host.address() as AddressInfo;
  const judging = await startGateway({ environment: { OPENROUTER_BASE_URL: `http://127.0.0.1:${port}` } });
  const client = new OpenAI({ apiKey: API_KEY, baseURL: judging.base });
  const judged = await client.moderations.create({ model: 'meta-llama/llama-guard-4-12b', input: ['one', 'two'] });
  await judging.stop();
  host.close();
  assert.deepEqual(asked.sort(), ['/chat/completions one', '/chat/completions two']);
  assert.ok(judged.results.every(({ flagged, categories }) => flagged && categories.hate));
  const { usage } = judged as unknown as { usage: { prompt_tokens: number; cost: number } };
  assert.equal(usage.prompt_tokens, 200);
  assert.ok(Math.abs(usage.cost - 208 * 0.18e-6) < 1e-12);
});

const python = pythonWithDeciders();
test('the newest SDKs for Python read the same', {
  skip: skipReason('missing' in python ? python.missing : null),
}, async () => {
  assert.ok('python' in python);
  const child = spawn(python.python, [join(import.meta.dirname, 'decide.py'), gateway.base, API_KEY]);
  const [printed, complained] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const lines = printed.split('\n').filter((line) => line !== '');
  assert.equal(lines.length, 3, complained);
  const [decision, judged, routed] = lines.map((line) => JSON.parse(line));
  assert.equal(decision.answers[0].probability, 1);
  assert.equal(decision.answers[1].choice, 'invoice');
  assert.equal(decision.answers[2].probabilities.length, 2);
  assert.ok(decision.total > 0);
  assert.deepEqual(judged, [true, false]);
  assert.deepEqual(routed, { noul: 1, cost: 0 });
});
