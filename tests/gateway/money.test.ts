/** What a call holds, counts, writes down and is charged on its way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pico } from '#src/base/money.ts';
import type { Event } from '#src/call/event.ts';
import { type Asked, type Bench, type Exchange, type Host, openBench, PRICE } from './bench.ts';

const chunk = (delta: object, finish: string | null = null): object => ({
  id: 'c',
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const usageOf = (prompt: number, completion: number): object => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});
const WORDS = (count: number): string => ' word'.repeat(count);

async function withBench(
  hosts: { readonly [slug: string]: Host },
  act: (bench: Bench) => Promise<void>,
): Promise<void> {
  const bench = await openBench(hosts);
  try {
    await act(bench);
  } finally {
    await bench.close();
  }
}

const last = ({ exchanges }: Bench): Exchange => exchanges.at(-1) ?? assert.fail('nothing was sent');
const costOf = (asked: Asked): bigint => asked.receipt()?.bill.cost ?? assert.fail('it was not settled');

test('where nothing is limited, an estimate with the dearest cache write is held, and topped up when three quarters are written', async () => {
  const price = { ...PRICE, inputCacheWrite: pico(9_000_000n), inputCacheWrite1h: pico(7_000_000n) };
  await withBench({ host: { endpoint: { price } } }, async (bench) => {
    const asked = await bench.ask(await bench.keyOf(), { maxOutputTokens: 1_000 });
    const held = async (): Promise<bigint> => (await bench.rows('hold'))[0]?.amount as bigint;
    const prompt = 5n; // one token and the message around it
    assert.equal(await held(), prompt * 9_000n + 1_000n * 2_000n);
    const host = last(bench);
    host.open();
    host.frame(chunk({ content: WORDS(700) }));
    await bench.pass(1);
    assert.equal(await held(), prompt * 9_000n + 1_000n * 2_000n, 'not yet');
    host.frame(chunk({ content: WORDS(100) }));
    await bench.pass(1);
    assert.equal(await held(), prompt * 9_000n + 2_000n * 2_000n, 'as much again');
    host.frame(chunk({}, 'stop'));
    host.frame({ id: 'c', choices: [], usage: usageOf(5, 800) });
    host.done();
    await bench.pass(1);
    assert.equal(costOf(asked), 5n * 1_000n + 800n * 2_000n);
    assert.deepEqual(await bench.rows('hold'), []);
  });
});

test('a long stream is written down once a second, as far as it has come', async () => {
  await withBench({ host: {} }, async (bench) => {
    await bench.ask(await bench.keyOf(), {});
    const host = last(bench);
    const written = async (): Promise<unknown> => (await bench.rows('hold'))[0]?.checkpoint;
    host.open();
    host.frame(chunk({ content: WORDS(100) }));
    await bench.pass(900);
    host.frame(chunk({ content: WORDS(100) }));
    await bench.pass(50);
    assert.equal(await written(), 0n);
    await bench.pass(100);
    host.frame(chunk({ content: WORDS(100) }));
    await bench.pass(1);
    assert.equal(await written(), 300n * 2_000n);
  });
});

for (const [billsAfterCancel, tokens] of [
  [false, 3],
  [true, 500],
] as const)
  test(`who leaves a host that ${billsAfterCancel ? 'bills on' : 'stops'} pays for ${tokens} tokens`, async () => {
    await withBench({ host: { provider: { billsAfterCancel } } }, async (bench) => {
      const asked = await bench.ask(await bench.keyOf(), { maxOutputTokens: 500 });
      const host = last(bench);
      host.open();
      host.frame(chunk({ content: WORDS(3) }));
      await bench.pass(1);
      asked.completion.cancel();
      await bench.pass(1);
      assert.ok(host.isAborted());
      assert.equal(asked.receipt()?.state, 'cancelled');
      assert.equal(asked.receipt()?.usage.output, tokens);
      assert.equal(costOf(asked), 5n * 1_000n + BigInt(tokens) * 2_000n);
    });
  });

/** What a host may say of an answer in which nothing is: the words of its end, and what it cost. */
const EMPTY: readonly (readonly [what: string, finish: string | null, completion: number, isCharged: boolean])[] = [
  ['no tokens and no finish reason', null, 0, false],
  ['no tokens and an empty finish reason', '', 0, false],
  ['no tokens, and the word stop', 'stop', 0, true],
  ['tokens that nobody sees, and no finish reason', null, 7, true],
];
for (const [what, finish, completion, isCharged] of EMPTY)
  for (const stream of [true, false])
    test(`${what} ${isCharged ? 'costs' : 'costs nothing'}, ${stream ? 'streamed' : 'whole'}`, async () => {
      await withBench({ host: {} }, async (bench) => {
        const asked = await bench.ask(await bench.keyOf(), { stream });
        const host = last(bench);
        const usage = usageOf(10, completion);
        if (stream) {
          host.open();
          host.frame(chunk({ role: 'assistant', content: '' }));
          host.frame(chunk({}, finish));
          host.frame({ id: 'c', choices: [], usage });
          host.done();
        } else host.reply({ id: 'c', choices: [{ index: 0, message: { content: '' }, finish_reason: finish }], usage });
        await bench.pass(1);
        assert.equal(costOf(asked), isCharged ? 10n * 1_000n + BigInt(completion) * 2_000n : 0n);
        assert.equal(asked.receipt()?.usage.input, 10, 'its usage stays on record');
      });
    });

test('an answer whose every choice ended in an error costs nothing; one that stands beside another is paid for', async () => {
  for (const [second, cost] of [
    ['error', 0n],
    ['stop', 10n * 1_000n + 4n * 2_000n],
  ] as const)
    await withBench({ host: {} }, async (bench) => {
      const asked = await bench.ask(await bench.keyOf(), { sampling: { n: 2 } });
      const host = last(bench);
      host.open();
      host.frame({
        id: 'c',
        choices: [
          { index: 0, delta: { content: 'a' }, finish_reason: 'error' },
          { index: 1, delta: { content: 'b' }, finish_reason: second },
        ],
      });
      host.frame({ id: 'c', choices: [], usage: usageOf(10, 4) });
      host.done();
      await bench.pass(1);
      assert.equal(costOf(asked), cost, second);
    });
});

test('a host that counts beyond what it was permitted: charged up to the hold, the rest a transfer of its own, the host last', async () => {
  const hosts = { greedy: {}, honest: { endpoint: { price: { ...PRICE, output: pico(3_000_000n) } } } };
  await withBench(hosts, async (bench) => {
    const key = await bench.keyOf(10_000_000n);
    const call = { maxOutputTokens: 50, gateway: { provider: { order: ['greedy'] } } };
    const asked = await bench.ask(key, call);
    assert.equal(last(bench).host, 'greedy.test');
    const held = (await bench.rows('hold'))[0]?.amount as bigint;
    last(bench).open();
    last(bench).frame(chunk({ content: 'Hello' }, 'stop'));
    last(bench).frame({ id: 'c', choices: [], usage: usageOf(5, 5_000) });
    last(bench).done();
    await bench.pass(1);
    const cost = 5n * 1_000n + 5_000n * 2_000n;
    assert.equal(costOf(asked), cost);
    const booked = (await bench.rows('transfer')).map(({ kind, amount }) => [kind, amount]);
    assert.deepEqual(booked, [
      ['charge', held],
      ['excess', cost - held],
    ]);
    assert.match(asked.receipt()?.losses.at(-1)?.reason ?? '', /^the provider went beyond what it was permitted/);
    await bench.ask(await bench.keyOf(), {});
    assert.equal(last(bench).host, 'honest.test', 'its peers are asked first, although they are dearer');
    await bench.pass(3_600_000);
    for (let call = 0; call < 8; call++) await bench.ask(await bench.keyOf(), {});
    assert.ok(
      bench.exchanges.slice(-8).some(({ host }) => host === 'greedy.test'),
      'an hour later it is forgiven',
    );
  });
});

test('a stream that goes on beyond what its host was permitted is stopped, and told as cut', async () => {
  await withBench({ host: {} }, async (bench) => {
    const asked = await bench.ask(await bench.keyOf(10_000_000n), { maxOutputTokens: 50 });
    const host = last(bench);
    host.open();
    for (let at = 0; at < 40 && !host.isAborted(); at++) {
      host.frame(chunk({ content: WORDS(10) }));
      await bench.pass(10);
    }
    assert.ok(host.isAborted());
    const { usage, finish, state } = asked.receipt() ?? assert.fail('it was not settled');
    assert.deepEqual([state, finish, usage.source], ['completed', 'length', 'estimate']);
    assert.ok(usage.output <= 2 * 50 + 64 + 10, `${usage.output}`);
    assert.equal(asked.events.findLast(({ type }) => type === 'finish')?.type, 'finish');
    assert.equal(asked.events.at(-1)?.type, 'end');
  });
});

test('a host that counts nothing is never taken to have written more than it was permitted', async () => {
  await withBench({ host: {} }, async (bench) => {
    const asked = await bench.ask(await bench.keyOf(10_000_000n), { maxOutputTokens: 20 });
    last(bench).open();
    last(bench).frame(chunk({ content: WORDS(30) }, 'length'));
    last(bench).done();
    await bench.pass(1);
    assert.equal(asked.receipt()?.usage.output, 20);
  });
});

test('what is known is told: our count before a fault in mid-answer, the vendor’s or ours of the prompt with the first word', async () => {
  const find = <T extends Event['type']>(asked: Asked, type: T) =>
    asked.events.find((event): event is Extract<Event, { type: T }> => event.type === type);
  await withBench({ host: {} }, async (bench) => {
    const asked = await bench.ask(await bench.keyOf(), {});
    last(bench).open();
    last(bench).frame(chunk({ content: WORDS(7) }));
    last(bench).reset();
    await bench.pass(1);
    assert.deepEqual(
      asked.events.slice(-2).map(({ type }) => type),
      ['usage', 'fault'],
    );
    const { usage, bill } = find(asked, 'usage') ?? assert.fail('nothing is told');
    assert.deepEqual([usage.source, usage.input, usage.output, bill?.cost], ['estimate', 5, 7, 0n]);
    assert.deepEqual(asked.receipt()?.usage, usage);
    assert.equal(find(asked, 'start')?.prompt?.input, 5);
  });
  await withBench({ host: { dialect: 'anthropic-messages' } }, async (bench) => {
    const asked = await bench.ask(await bench.keyOf(), {});
    const host = last(bench);
    host.open();
    const usage = { input_tokens: 21, cache_read_input_tokens: 4, output_tokens: 1 };
    host.frame({ type: 'message_start', message: { id: 'm', content: [], usage } }, 'message_start');
    host.frame({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
    host.frame({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: WORDS(3) } });
    host.reset();
    await bench.pass(1);
    assert.equal(find(asked, 'start')?.prompt?.input, 21);
    const told = find(asked, 'usage')?.usage;
    assert.deepEqual([told?.input, told?.inputCacheRead, told?.output, told?.source], [21, 4, 3, 'estimate']);
  });
});
