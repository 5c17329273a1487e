/** Tools that ask models: what they are asked, what it costs, and where it ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tool } from '#src/call/tool.ts';
import type { Exchange } from '../gateway/bench.ts';
import { answer, callTools, openLegs, serverTool, usageOf } from './bench.ts';

const use = (name: string, asked: object, id = 'c') => ({ id, name, arguments: JSON.stringify(asked) });
const messagesOf = ({ body }: Exchange) =>
  body.messages as readonly { readonly role: string; readonly content: unknown }[];
const lastOf = (exchange: Exchange) => JSON.parse(String(messagesOf(exchange).at(-1)?.content));
const toolsOf = ({ body }: Exchange) =>
  ((body.tools ?? []) as { function: { name: string } }[]).map((tool) => tool.function.name);

test('an advisor is asked within the call: one answer, one hold, one bill, a leg for each', async () => {
  const bench = await openLegs();
  const asked = await bench.begin({ tools: [serverTool('advisor', { instructions: 'Be brief.' })] });
  const first = await bench.exchange(1);
  assert.deepEqual(toolsOf(first), ['advisor']);
  callTools(first, [use('advisor', { prompt: 'How?' })]);
  const advising = await bench.exchange(2);
  assert.deepEqual(
    messagesOf(advising).map(({ role, content }) => [role, content]),
    [
      ['system', 'Be brief.'],
      ['user', 'How?'],
    ],
    'it sees nothing but the prompt',
  );
  assert.deepEqual(toolsOf(advising), []);
  answer(advising, 'Slowly.');
  const second = await bench.exchange(3);
  assert.deepEqual(lastOf(second), { advice: 'Slowly.', model: 'author/model' });
  answer(second, 'Slowly, then.');
  await bench.settle(asked);
  const receipt = asked.receipt();
  assert.deepEqual(
    receipt?.legs?.map(({ purpose, name, by, cost }) => [purpose, name, by, cost]),
    [
      ['answer', undefined, undefined, 120_000n],
      ['model', 'advisor', 'author/model', 240_000n],
      ['tool', 'advisor', 'author/model', 0n],
      ['answer', undefined, undefined, 240_000n],
    ],
  );
  assert.deepEqual([receipt?.bill.cost, receipt?.bill.serverToolCost], [600_000n, 240_000n]);
  assert.deepEqual([receipt?.usage.input, receipt?.usage.output], [300, 30], 'the tokens are those of its own model');
  assert.equal((await bench.rows('transfer')).length, 1);
  assert.deepEqual(await bench.rows('hold'), []);
  await bench.close();
});

test('an advisor that is to see the conversation sees it in words', async () => {
  const bench = await openLegs();
  const asked = await bench.begin({
    tools: [serverTool('advisor', { forward_transcript: true }), serverTool('datetime')],
  });
  callTools(await bench.exchange(1), [use('datetime', {})]);
  callTools(await bench.exchange(2), [use('advisor', {}, 'd')], 'Let me ask.');
  const advising = await bench.exchange(3);
  const [hello, called, result] = messagesOf(advising);
  assert.deepEqual([hello?.role, hello?.content], ['user', 'Hello']);
  assert.match(JSON.stringify(called), /calls datetime/);
  assert.match(JSON.stringify(result), /Result of the tool datetime.*timezone/);
  answer(advising, 'Go on.');
  answer(await bench.exchange(4), 'Done.');
  await bench.settle(asked);
  assert.equal(asked.receipt()?.state, 'completed');
  await bench.close();
});

test('several advisors have names of their own; two of one name are refused', async () => {
  const bench = await openLegs();
  const named = (name: string): Tool => serverTool('advisor', { name });
  const asked = await bench.begin({ tools: [named('one'), named('two'), serverTool('advisor')] });
  const first = await bench.exchange(1);
  assert.deepEqual(toolsOf(first), ['advisor', 'openrouter_advisor__1', 'openrouter_advisor__2']);
  answer(first, 'Hello.');
  await bench.settle(asked);
  const twice = await bench.begin({ tools: [named('one'), named(' one ')] });
  const result = twice.result();
  assert.ok(result?.kind === 'failed');
  assert.deepEqual([result.fault.code, result.fault.param], ['invalid_request', 'tools[1].parameters.name']);
  await bench.close();
});

test('a subagent has tools of its own, and its steps are on the bill', async () => {
  const bench = await openLegs();
  const worker = serverTool('subagent', { tools: [{ type: 'openrouter:datetime' }], max_tool_calls: 2 });
  const asked = await bench.begin({ tools: [worker] });
  callTools(await bench.exchange(1), [use('subagent', { task_name: 'time', task_description: 'Tell the time.' })]);
  const working = await bench.exchange(2);
  assert.deepEqual(toolsOf(working), ['datetime']);
  callTools(working, [use('datetime', {})]);
  answer(await bench.exchange(3), 'Noon.');
  const second = await bench.exchange(4);
  assert.equal(lastOf(second).outcome, 'Noon.');
  answer(second, 'It is noon.');
  await bench.settle(asked);
  const receipt = asked.receipt();
  assert.deepEqual(
    receipt?.legs?.map(({ purpose, cost }) => [purpose, cost]),
    [
      ['answer', 120_000n],
      ['model', 360_000n],
      ['tool', 0n],
      ['answer', 240_000n],
    ],
  );
  assert.equal(receipt?.bill.cost, 720_000n);
  await bench.close();
});

test('what a subagent may not be told is refused with its place, before anything is sent', async () => {
  const bench = await openLegs();
  const refusal = async (parameters: object): Promise<unknown> => {
    const result = (await bench.begin({ tools: [serverTool('subagent', parameters as never)] })).result();
    return result?.kind === 'failed' && result.fault.param;
  };
  const path = 'tools[0].parameters';
  assert.equal(await refusal({ tools: [{ type: 'function' }] }), `${path}.tools[0].type`);
  assert.equal(await refusal({ tools: [{ type: 'openrouter:subagent' }] }), `${path}.tools[0].type`);
  assert.equal(
    await refusal({ tools: [{ type: 'openrouter:datetime', parameters: { timezone: 'Nowhere' } }] }),
    `${path}.tools[0].parameters.timezone`,
  );
  assert.equal(await refusal({ tools: [{ type: 'openrouter:nonsense' }] }), `${path}.tools`);
  assert.equal(await refusal({ inherit_functions: true }), path);
  assert.equal(await refusal({ max_tool_calls: 26 }), `${path}.max_tool_calls`);
  assert.equal(await refusal({ model: 4 }), `${path}.model`);
  // Each asks within the one before it: the third would lie too deep.
  const advisor = { type: 'openrouter:advisor' };
  const fusion = { type: 'openrouter:fusion', parameters: { tools: [advisor] } };
  assert.equal(await refusal({ tools: [advisor] }), false);
  assert.equal(await refusal({ tools: [fusion] }), `${path}.tools[0].parameters.tools`);
  assert.equal(bench.exchanges.length, 1, 'of these one was sent');
  answer(await bench.exchange(1), 'Hello.');
  await bench.close();
});

test('a panel is asked side by side, and an analyst compares: its JSON reaches the model', async () => {
  const bench = await openLegs();
  const analysis = {
    consensus: ['It is so.'],
    contradictions: [],
    partial_coverage: [],
    unique_insights: [],
    blind_spots: [],
  };
  const tools = [serverTool('fusion', { analysis_models: ['author/model', 'author/model'], tools: [] })];
  const asked = await bench.begin({ tools });
  callTools(await bench.exchange(1), [use('fusion', { prompt: 'Why?' })]);
  const panel = [await bench.exchange(2), await bench.exchange(3)];
  for (const [at, one] of panel.entries()) {
    assert.equal(messagesOf(one)[0]?.content, 'Why?');
    answer(one, `Because ${at}.`);
  }
  const judging = await bench.exchange(4);
  assert.match(String(messagesOf(judging)[0]?.content), /Because 0\.[\s\S]*Because 1\./);
  assert.equal(judging.body.temperature, 0);
  answer(judging, JSON.stringify(analysis));
  const second = await bench.exchange(5);
  assert.deepEqual(lastOf(second).analysis, analysis);
  assert.equal(lastOf(second).responses.length, 2);
  answer(second, 'So.');
  await bench.settle(asked);
  assert.equal(asked.receipt()?.bill.serverToolCost, 720_000n);
  await bench.close();
});

test('a panel of which nobody answers, and an analyst without JSON, are told as such', async () => {
  const bench = await openLegs();
  const tools = [serverTool('fusion', { analysis_models: ['author/model'], tools: [] })];
  const asked = await bench.begin({ tools });
  callTools(await bench.exchange(1), [use('fusion', { prompt: 'Why?' })]);
  (await bench.exchange(2)).refuse(400, { error: { message: 'no' } });
  const second = await bench.exchange(3);
  assert.equal(lastOf(second).failure_reason, 'all_panels_failed');
  callTools(second, [use('fusion', { prompt: 'Why?' }, 'd')]);
  answer(await bench.exchange(4), 'Because.');
  answer(await bench.exchange(5), 'I would rather not.');
  const third = await bench.exchange(6);
  assert.deepEqual(
    [lastOf(third).failure_reason, lastOf(third).responses],
    ['judge_not_valid_json', [{ model: 'author/model', content: 'Because.' }]],
  );
  answer(third, 'Because.');
  await bench.settle(asked);
  assert.equal(asked.receipt()?.state, 'completed');
  await bench.close();
});

test('a client that leaves while a model is asked pays for what was written, and the asked host is let go', async () => {
  const bench = await openLegs();
  const asked = await bench.begin({ tools: [serverTool('advisor')] });
  callTools(await bench.exchange(1), [use('advisor', { prompt: 'How?' })]);
  const advising = await bench.exchange(2);
  advising.open();
  advising.frame({
    id: 'x',
    model: 'm',
    choices: [{ index: 0, delta: { content: 'Slowly, and then '.repeat(20) } }],
    usage: usageOf(100, 50),
  });
  await bench.pass(10);
  asked.completion.cancel();
  await bench.settle(asked);
  assert.ok(advising.isAborted());
  const receipt = asked.receipt();
  assert.equal(receipt?.state, 'cancelled');
  const [, model] = receipt?.legs ?? [];
  assert.equal(model?.purpose, 'model');
  assert.ok(model && model.cost > 0n);
  assert.equal(receipt?.bill.cost, 120_000n + model.cost);
  assert.deepEqual(await bench.rows('hold'), []);
  await bench.close();
});

test('a model that never ends is given up with its tool, and the outer model hears of it', async () => {
  const bench = await openLegs();
  const asked = await bench.begin({ tools: [serverTool('advisor')] });
  callTools(await bench.exchange(1), [use('advisor', { prompt: 'How?' })]);
  const advising = await bench.exchange(2);
  advising.open();
  for (let seconds = 0; seconds < 310 && !advising.isAborted(); seconds += 10) {
    advising.frame({ id: 'x', model: 'm', choices: [{ index: 0, delta: { content: 'Well… ' } }] });
    await bench.pass(10_000);
  }
  assert.ok(advising.isAborted());
  const second = await bench.exchange(3);
  assert.match(lastOf(second).error, /did not finish/);
  answer(second, 'I could not ask.');
  await bench.settle(asked);
  const model = asked.receipt()?.legs?.find(({ purpose }) => purpose === 'model');
  assert.ok(model && model.cost > 0n, 'what it wrote is paid for');
  await bench.close();
});

test('where credit is limited, models that are asked stay within it, and their shortage is told', async () => {
  const bench = await openLegs();
  // The advisor's instructions alone cost more than that.
  const asked = await bench.begin(
    {
      tools: [serverTool('advisor', { instructions: 'How? '.repeat(2_000) })],
      maxOutputTokens: 100,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
    },
    1_000_000n,
  );
  callTools(await bench.exchange(1), [use('advisor', { prompt: 'How?' })]);
  const second = await bench.exchange(2);
  assert.match(lastOf(second).error, /could not be asked: .*credit/);
  answer(second, 'Alone, then.');
  await bench.settle(asked);
  const receipt = asked.receipt();
  assert.ok(receipt && receipt.bill.cost <= 1_000_000n);
  await bench.close();
});

test('no more models are asked than one request may, however many tools ask', async () => {
  const bench = await openLegs();
  const asked = await bench.begin({ tools: [serverTool('advisor')] });
  let exchange = 1;
  let refused = 0;
  for (let round = 0; round < 5; round++) {
    const uses = Array.from({ length: 16 }, (_, at) => use('advisor', { prompt: 'How?' }, `c${round}-${at}`));
    callTools(await bench.exchange(exchange++), uses);
    const advised = Math.min(16, 64 - round * 16);
    for (let at = 0; at < advised; at++) answer(await bench.exchange(exchange++), 'So.');
    const next = await bench.exchange(exchange);
    refused = messagesOf(next).filter(({ content }) => /More than 64 models/.test(String(content))).length;
  }
  assert.equal(refused, 16);
  answer(await bench.exchange(exchange), 'Enough.');
  await bench.settle(asked);
  assert.equal(asked.receipt()?.legs?.filter(({ purpose }) => purpose === 'model').length, 64);
  await bench.close();
});

test('a host that a call forbids is asked by none of its tools, whichever model they name', async () => {
  const bench = await openLegs({ one: {}, two: {} });
  const asked = await bench.begin({
    tools: [serverTool('advisor', { model: 'author/model' })],
    gateway: { provider: { ignore: ['two'] } },
  });
  callTools(await bench.exchange(1), [use('advisor', { prompt: 'How?' })]);
  (await bench.exchange(2)).refuse(400, { error: { message: 'no' } });
  const second = await bench.exchange(3);
  assert.match(lastOf(second).error, /could not be asked/);
  answer(second, 'Alone, then.');
  await bench.settle(asked);
  assert.deepEqual([...new Set(bench.exchanges.map(({ host }) => host))], ['one.test']);
  await bench.close();
});

test('tools that list each other without end are refused at once', async () => {
  const bench = await openLegs();
  let tool: object = { type: 'openrouter:datetime' };
  for (let level = 0; level < 5_000; level++)
    tool = { type: `openrouter:${level % 2 ? 'fusion' : 'subagent'}`, parameters: { tools: [tool] } };
  const refused = await bench.begin({ tools: [serverTool('subagent', { tools: [tool] } as never)] });
  const result = refused.result();
  assert.ok(result?.kind === 'failed' && /too deep/.test(result.fault.message));
  await bench.close();
});
