import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '#src/call/event.ts';
import type { Tool } from '#src/call/tool.ts';
import type { Asked } from '../gateway/bench.ts';
import { answer, answerWhole, callTools, callToolsWhole, found, openLegs, serverTool, weather } from './bench.ts';

const datetime = serverTool('datetime');
const search = serverTool('web_search');
const USE = { id: 'call_1', name: 'datetime' };

const typesOf = ({ events }: Asked): string[] => events.map(({ type }) => type);
const textOf = ({ events }: Asked): string => events.map((event) => (event.type === 'text' ? event.text : '')).join('');
const last = <Type extends Event['type']>({ events }: Asked, type: Type) =>
  events.findLast((event): event is Extract<Event, { type: Type }> => event.type === type);
const messagesOf = (body: { readonly [name: string]: unknown }) =>
  body.messages as readonly { readonly role: string; readonly content: unknown; readonly tool_calls?: unknown }[];

test('a stream of two exchanges is one answer, with the tool between them', async () => {
  const bench = await openLegs();
  const asked = await bench.begin({ tools: [datetime] });
  const first = await bench.exchange(1);
  assert.deepEqual(
    (first.body.tools as { function: { name: string } }[]).map((tool) => tool.function.name),
    ['datetime'],
  );
  callTools(first, [USE], 'Let me see. ');
  const second = await bench.exchange(2);
  const [, called, result] = messagesOf(second.body);
  assert.equal((called?.tool_calls as readonly unknown[] | undefined)?.length, 1);
  assert.deepEqual([result?.role, JSON.parse(String(result?.content)).timezone], ['tool', 'UTC']);
  answer(second, 'It is noon.');
  await bench.settle(asked);
  assert.deepEqual(typesOf(asked), ['start', 'text', 'server-tool', 'server-tool', 'text', 'finish', 'usage', 'end']);
  assert.equal(textOf(asked), 'Let me see. It is noon.');
  assert.equal(last(asked, 'finish')?.reason, 'stop');
  const usage = last(asked, 'usage')?.usage;
  assert.deepEqual([usage?.input, usage?.output], [300, 30], 'both exchanges are counted');
  assert.deepEqual(usage?.serverTools, { requested: 1, executed: 1, searches: 0, fetches: 0 });
  await bench.close();
});

test('the receipt has its legs, each with what it took, and they add up to the bill', async () => {
  const bench = await openLegs();
  const asked = await bench.begin({ tools: [search] });
  callTools(await bench.exchange(1), [{ id: 'c', name: 'web_search', arguments: '{"query":"cats"}' }]);
  found(await bench.exchange(2), 'one', 'two');
  answer(await bench.exchange(3), 'Cats, says [one.test](https://one.test/page).');
  await bench.settle(asked);
  const receipt = asked.receipt();
  assert.ok(receipt);
  assert.deepEqual(
    receipt.legs?.map(({ purpose, name, by, attempts, cost }) => [purpose, name, by, attempts, cost]),
    [
      ['answer', undefined, undefined, 1, 120_000n],
      ['tool', 'web_search', 'exa', undefined, 7_000_000n],
      ['answer', undefined, undefined, 1, 240_000n],
    ],
  );
  assert.equal(receipt.bill.cost, 7_360_000n);
  assert.equal(receipt.bill.serverToolCost, 7_000_000n);
  assert.equal(receipt.attempts.length, 2);
  assert.deepEqual(
    asked.events.flatMap((event) => (event.type === 'annotation' ? [event.annotation] : [])),
    [
      { type: 'url', url: 'https://one.test/page', title: 'one', content: 'About one.', start: 11, end: 44 },
      { type: 'url', url: 'https://two.test/page', title: 'two', content: 'About two.' },
    ],
    'what is linked has its place',
  );
  const transfers = await bench.rows('transfer');
  assert.equal(transfers.length, 1, 'one call is charged once');
  assert.deepEqual(await bench.rows('hold'), []);
  await bench.close();
});

test('a whole answer has the parts of all exchanges, and its tools in their places', async () => {
  const bench = await openLegs();
  const asked = await bench.begin({ stream: false, tools: [datetime] });
  callToolsWhole(await bench.exchange(1), [USE], 'Let me see.');
  answerWhole(await bench.exchange(2), 'It is noon.');
  await bench.settle(asked);
  const result = asked.result();
  assert.ok(result?.kind === 'replied');
  const [choice] = result.reply.choices;
  assert.deepEqual(
    choice?.parts.map((part) => (part.type === 'text' ? part.text : part.type)),
    ['Let me see.', 'It is noon.'],
  );
  assert.equal(choice?.finish, 'stop');
  assert.deepEqual(
    choice?.serverTools?.map(({ at, call }) => [at, call.tool, call.status]),
    [[1, 'datetime', 'completed']],
  );
  assert.deepEqual([result.reply.usage?.input, result.reply.usage?.output], [300, 30]);
  await bench.close();
});

test("a call of the caller's own function ends the turn, and is handed out alone", async () => {
  const bench = await openLegs();
  const asked = await bench.begin({ tools: [datetime, weather] });
  callTools(await bench.exchange(1), [USE, { id: 'call_2', name: 'get_weather' }]);
  await bench.settle(asked);
  const starts = asked.events.filter((event) => event.type === 'tool-start');
  assert.deepEqual(
    starts.map((event) => event.type === 'tool-start' && [event.index, event.name]),
    [[0, 'get_weather']],
  );
  assert.equal(last(asked, 'finish')?.reason, 'tool_calls');
  assert.equal(bench.exchanges.length, 1);
  assert.equal(asked.receipt()?.legs, undefined);
  await bench.close();
});

test("a function of the caller's that is called like a tool of ours keeps its name", async () => {
  const bench = await openLegs();
  const own: Tool = { type: 'function', name: 'datetime', parameters: { type: 'object', properties: {} } };
  const asked = await bench.begin({ tools: [own, datetime] });
  const first = await bench.exchange(1);
  assert.deepEqual(
    (first.body.tools as { function: { name: string } }[]).map((tool) => tool.function.name),
    ['datetime', 'openrouter__datetime'],
  );
  callTools(first, [USE]);
  await bench.settle(asked);
  assert.equal(last(asked, 'finish')?.reason, 'tool_calls');
  await bench.close();
});

const loops = async (gateway: { readonly extra: { readonly [name: string]: unknown } }): Promise<number[]> => {
  const bench = await openLegs();
  const asked = await bench.begin({ tools: [datetime], gateway: gateway as never });
  let count = 1;
  for (; count < 40; count++) {
    const exchange = await bench.exchange(count);
    if (exchange.body.tool_choice === 'none') break;
    callTools(exchange, [{ id: `c${count}`, name: 'datetime' }]);
  }
  // It asks for more even where it may not.
  callTools(await bench.exchange(count), [{ id: 'z', name: 'datetime' }]);
  await bench.settle(asked);
  assert.equal(last(asked, 'finish')?.reason, 'stop');
  assert.match(textOf(asked), /no answer was written/);
  const executed = last(asked, 'usage')?.usage.serverTools?.executed ?? 0;
  await bench.close();
  return [count, executed];
};

test('a model that asks for ever is stopped by the most steps, or where the caller says', async () => {
  assert.deepEqual(await loops({ extra: {} }), [31, 30]);
  assert.deepEqual(await loops({ extra: { max_tool_calls: 3 } }), [4, 3]);
  assert.deepEqual(await loops({ extra: { max_tool_calls: 90 } }), [31, 30]);
  const when = (condition: object) => ({ extra: { max_tool_calls: 2, stop_server_tools_when: [condition] } });
  assert.deepEqual(await loops(when({ type: 'step_count_is', step_count: 5 })), [6, 5], 'it overrides the number');
  assert.deepEqual(await loops(when({ type: 'has_tool_call', tool_name: 'openrouter:datetime' })), [2, 1]);
  assert.deepEqual(await loops(when({ type: 'max_tokens_used', max_tokens: 300 })), [4, 3]);
  assert.deepEqual(await loops(when({ type: 'max_cost', max_cost_in_dollars: 0.0002 })), [3, 2]);
  assert.deepEqual(await loops(when({ type: 'finish_reason_is', reason: 'tool_calls' })), [2, 1]);
});

test('a tool that never returns is given up, and the model is told', async () => {
  const bench = await openLegs();
  const asked = await bench.begin({ tools: [search] });
  callTools(await bench.exchange(1), [{ id: 'c', name: 'web_search', arguments: '{"query":"cats"}' }]);
  const hanging = await bench.exchange(2);
  await bench.pass(15_001);
  assert.ok(hanging.isAborted());
  const third = await bench.exchange(3);
  assert.match(String(messagesOf(third.body).at(-1)?.content), /could not be reached: timeout/);
  answer(third, 'I could not look.');
  await bench.settle(asked);
  assert.equal(asked.receipt()?.state, 'completed');
  assert.equal(asked.receipt()?.bill.serverToolCost, undefined, 'what failed costs nothing');
  await bench.close();
});

test('what a tool is asked and answers has bounds', async () => {
  const bench = await openLegs();
  const asked = await bench.begin({ tools: [search, datetime] });
  const long = JSON.stringify({ query: 'x'.repeat(40_000) });
  callTools(await bench.exchange(1), [
    { id: 'a', name: 'web_search', arguments: long },
    { id: 'b', name: 'web_search', arguments: 'no json' },
    ...Array.from({ length: 20 }, (_, at) => ({ id: `d${at}`, name: 'datetime' })),
  ]);
  const second = await bench.exchange(2);
  const results = messagesOf(second.body).filter(({ role }) => role === 'tool');
  assert.equal(results.length, 22, 'each call has a result, or no vendor takes the conversation');
  assert.match(String(results[0]?.content), /too long/);
  assert.match(String(results[1]?.content), /no JSON/);
  assert.match(String(results[21]?.content), /More than 16/);
  answer(second, 'Done.');
  await bench.settle(asked);
  await bench.close();
});

test('a client that goes while a tool runs ends the work, and pays for what ran', async () => {
  const bench = await openLegs();
  const asked = await bench.begin({ tools: [search] });
  callTools(await bench.exchange(1), [{ id: 'c', name: 'web_search', arguments: '{"query":"cats"}' }]);
  const hanging = await bench.exchange(2);
  asked.completion.cancel();
  await bench.settle(asked);
  assert.ok(hanging.isAborted());
  assert.equal(asked.receipt()?.state, 'cancelled');
  assert.equal(asked.receipt()?.bill.cost, 120_000n);
  assert.deepEqual(await bench.rows('hold'), []);
  await bench.close();
});

test('what breaks off after steps is told in the stream, and the steps are paid for', async () => {
  const bench = await openLegs();
  const asked = await bench.begin({ tools: [datetime] });
  callTools(await bench.exchange(1), [USE], 'Let me see.');
  (await bench.exchange(2)).refuse(400, { error: { message: 'no' } });
  await bench.settle(asked);
  assert.equal(asked.result()?.kind, 'streamed');
  assert.equal(asked.events.at(-1)?.type, 'fault');
  assert.equal(asked.receipt()?.state, 'failed');
  assert.equal(asked.receipt()?.bill.cost, 120_000n);
  await bench.close();
});

test('where credit is limited nothing is spent beyond it, and the call ends in words', async () => {
  const bench = await openLegs();
  // A search at $0.007 and one exchange after it fit, the second search does not.
  const asked = await bench.begin({ tools: [search], maxOutputTokens: 50 }, 9_000_000n);
  callTools(await bench.exchange(1), [{ id: 'c', name: 'web_search', arguments: '{"query":"cats"}' }]);
  found(await bench.exchange(2), 'one');
  callTools(await bench.exchange(3), [{ id: 'd', name: 'web_search', arguments: '{"query":"dogs"}' }]);
  const fourth = await bench.exchange(4);
  assert.match(String(messagesOf(fourth.body).at(-1)?.content), /does not pay for this tool/);
  answer(fourth, 'That is all I could find.');
  await bench.settle(asked);
  const cost = asked.receipt()?.bill.cost ?? 0n;
  assert.ok(cost <= 9_000_000n, `${cost} of 9000000`);
  assert.equal(asked.receipt()?.bill.serverToolCost, 7_000_000n);
  await bench.close();
});

test('where not even another exchange is paid for, what was found stands and a sentence says why it ends', async () => {
  for (const stream of [true, false]) {
    const bench = await openLegs();
    // What the first exchange may cost at most is there, and what the host takes leaves too little for another.
    const asked = await bench.begin({ stream, tools: [datetime], maxOutputTokens: 50 }, 420_000n);
    if (stream) callTools(await bench.exchange(1), [USE], 'Let me see.');
    else callToolsWhole(await bench.exchange(1), [USE], 'Let me see.');
    await bench.settle(asked);
    const result = asked.result();
    const words = stream
      ? textOf(asked)
      : result?.kind === 'replied'
        ? result.reply.choices[0]?.parts.map((part) => (part.type === 'text' ? part.text : '')).join(' ')
        : '';
    assert.match(words ?? '', /Let me see\.\s+What is left of the credit/);
    assert.equal(bench.exchanges.length, 1);
    const receipt = asked.receipt();
    assert.deepEqual([receipt?.state, receipt?.finish, receipt?.bill.cost], ['completed', 'length', 120_000n]);
    assert.deepEqual([receipt?.usage.input, receipt?.usage.output], [100, 10]);
    assert.deepEqual(await bench.rows('hold'), []);
    await bench.close();
  }
});

test('a hundred calls at once on one limited key never spend beyond it', async () => {
  const bench = await openLegs();
  const keyId = await bench.keyOf(60_000_000n);
  const asked = await Promise.all(
    Array.from({ length: 20 }, () => bench.ask(keyId, { tools: [search], maxOutputTokens: 50 })),
  );
  for (let at = 0; at < bench.exchanges.length && at < 200; at++) {
    const exchange = bench.exchanges[at];
    if (!exchange) break;
    const isSearch = exchange.host.includes('exa');
    const isFirst = !isSearch && messagesOf(exchange.body).length === 1;
    if (isSearch) found(exchange, 'one');
    else if (isFirst) callTools(exchange, [{ id: `c${at}`, name: 'web_search', arguments: '{"query":"cats"}' }]);
    else answer(exchange, 'Done.');
    await bench.pass(5);
  }
  for (const one of asked) await bench.settle(one);
  const spent = asked.reduce((sum, one) => sum + (one.receipt()?.bill.cost ?? 0n), 0n);
  assert.ok(spent > 20_000_000n && spent <= 60_000_000n, `${spent} of 60000000`);
  assert.deepEqual(await bench.rows('hold'), []);
  await bench.close();
});
