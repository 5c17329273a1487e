/** What an answer costs that was cut and gone on with: one receipt, every exchange in it, each paid for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pico } from '#src/base/money.ts';
import { receiptFromText, receiptToText } from '#src/storage/receipt-json.ts';
import { type Bench, type Exchange, openBench, PRICE } from './bench.ts';

const chunk = (delta: object, finish: string | null = null): object => ({
  id: 'c',
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const WORDS = (count: number): string => ' word'.repeat(count);
const usage = { id: 'c', choices: [], usage: { prompt_tokens: 620, completion_tokens: 300, total_tokens: 920 } };

const DEARER = { ...PRICE, input: pico(3_000_000n), output: pico(6_000_000n) };
async function withTwo(act: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = await openBench({ cheap: {}, dear: { endpoint: { price: DEARER } } });
  try {
    await act(bench);
  } finally {
    await bench.close();
  }
}
const last = ({ exchanges }: Bench): Exchange => exchanges.at(-1) ?? assert.fail('nothing was sent');
const CHEAPEST = { provider: { sort: 'price' as const }, onCut: 'continue' as const };

async function cutAfter(bench: Bench, words: number): Promise<void> {
  const host = last(bench);
  assert.equal(host.host, 'cheap.test');
  host.open();
  for (let hundreds = 0; hundreds < words; hundreds += 100) host.frame(chunk({ content: WORDS(100) }));
  await bench.pass(1);
  host.reset();
  await bench.pass(1);
}

async function goOn(bench: Bench): Promise<void> {
  const host = last(bench);
  assert.equal(host.host, 'dear.test');
  host.open();
  host.frame(chunk({ content: ' and the rest' }));
  host.frame(chunk({}, 'stop'));
  host.frame(usage);
  host.done();
  await bench.pass(1);
}

test('both exchanges are paid for, each at its own price, and the receipt says where it was cut', () =>
  withTwo(async (bench) => {
    const asked = await bench.ask(await bench.keyOf(), { gateway: CHEAPEST, maxOutputTokens: 1_000 });
    await cutAfter(bench, 600);
    assert.equal(
      last(bench).body.max_tokens ?? last(bench).body.max_completion_tokens,
      400,
      'what is left of the length',
    );
    await goOn(bench);
    const receipt = asked.receipt() ?? assert.fail('not settled');
    const first = 5n * 1_000n + 600n * 2_000n;
    const second = 620n * 3_000n + 300n * 6_000n;
    assert.equal(receipt.bill.cost, first + second);
    assert.equal(receipt.bill.outputCost, 600n * 2_000n + 300n * 6_000n);
    assert.deepEqual(receipt.continued, [{ endpoint: 'author/model@cheap', afterTokens: 600, cost: first }]);
    assert.equal(receipt.state, 'completed');
    assert.equal(receipt.finish, 'stop');
    assert.equal(receipt.endpoint, 'author/model@dear');
    assert.deepEqual([receipt.usage.input, receipt.usage.output], [625, 900]);
    assert.deepEqual(
      receipt.attempts.map(({ endpoint, outcome }) => [endpoint, outcome]),
      [
        ['author/model@cheap', 'failed'],
        ['author/model@dear', 'answered'],
      ],
    );
    assert.deepEqual(receiptFromText(receiptToText(receipt)), receipt);
    const told = asked.events.findLast((event) => event.type === 'usage');
    assert.deepEqual(told?.type === 'usage' && [told.usage.output, told.bill?.cost], [900, first + second]);
    assert.deepEqual(await bench.rows('hold'), []);
  }));

test('what breaks off in the end costs nothing, and holds nothing', () =>
  withTwo(async (bench) => {
    const asked = await bench.ask(await bench.keyOf(100_000_000n), { gateway: CHEAPEST, maxOutputTokens: 1_000 });
    await cutAfter(bench, 600);
    for (let turns = 0; turns < 8 && asked.receipt() === null; turns++) {
      last(bench).reset();
      await bench.pass(5_000);
    }
    assert.equal(asked.receipt()?.state, 'failed');
    assert.equal(asked.receipt()?.bill.cost, 0n);
    assert.equal(asked.receipt()?.continued?.length, 1);
    assert.equal(asked.events.at(-1)?.type, 'fault');
    assert.deepEqual(await bench.rows('hold'), []);
  }));

test('who leaves meanwhile pays for what was written', () =>
  withTwo(async (bench) => {
    const asked = await bench.ask(await bench.keyOf(), { gateway: CHEAPEST });
    await cutAfter(bench, 600);
    asked.completion.cancel();
    await bench.pass(1);
    assert.equal(asked.receipt()?.state, 'cancelled');
    assert.equal(asked.receipt()?.bill.cost, 5n * 1_000n + 600n * 2_000n);
  }));

test('a limit is kept: more than is held is never asked for', () =>
  withTwo(async (bench) => {
    for (const limit of [8_000_000n, 4_000_000n, 2_100_000n]) {
      const asked = await bench.ask(await bench.keyOf(limit), { gateway: CHEAPEST });
      if (last(bench).host !== 'cheap.test') continue;
      await cutAfter(bench, 600);
      const told = last(bench);
      if (told.host === 'dear.test') {
        const length = Number(told.body.max_tokens ?? told.body.max_completion_tokens);
        const prompt = 605n;
        const first = 5n * 1_000n + 600n * 2_000n;
        assert.ok(length >= 16, `${length}`);
        assert.ok(first + prompt * 3_000n + BigInt(length) * 6_000n <= limit, `${limit} pays for ${length}`);
        await goOn(bench);
      }
      while (asked.receipt() === null) {
        last(bench).reset();
        await bench.pass(5_000);
      }
      assert.ok((asked.receipt()?.bill.cost ?? 0n) <= limit);
    }
    assert.ok(
      bench.exchanges.some(({ host }) => host === 'dear.test'),
      'some were gone on with',
    );
  }));
