/** A streamed call that asks a second endpoint when the first one is silent for longer than usual: who answers, what is paid. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '#src/call/call.ts';
import type { Receipt } from '#src/facts/receipt.ts';
import { type Asked, type Bench, type Exchange, type Host, openBench, PRICE } from './bench.ts';

const SLOW = 'author/model@slow';
const QUICK = 'author/model@quick';
/** p90 of what is known of the first host. */
const USUAL_MS = 1_000;
const HOSTS = { slow: {}, quick: {}, third: {} };

const hedged = (hedge: Call['gateway']['hedge'] = 'p90', more: Partial<Call> = {}): Partial<Call> => ({
  ...more,
  gateway: { provider: { order: ['slow', 'quick', 'third'] }, hedge },
});

async function open(hosts: { readonly [slug: string]: Host } = HOSTS): Promise<Bench> {
  const bench = await openBench(hosts);
  for (let call = 0; call < 20; call++) {
    const latencyMs = call < 15 ? 400 : USUAL_MS;
    bench.gateway.health.ended(SLOW, { kind: 'success', latencyMs, throughput: 50 });
  }
  return bench;
}

const hostsAsked = ({ exchanges }: Bench): readonly string[] => exchanges.map(({ host }) => host.split('.')[0] ?? '');
const exchangeWith = ({ exchanges }: Bench, host: string): Exchange =>
  exchanges.findLast((one) => one.host === `${host}.test`) ?? assert.fail(`${host} was not asked`);
const textOf = ({ events }: Asked): string => events.map((event) => (event.type === 'text' ? event.text : '')).join('');

function write(exchange: Exchange, content: string): void {
  exchange.frame({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: null }] });
}
function end(exchange: Exchange): void {
  exchange.frame({ id: 'c', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  exchange.frame({ id: 'c', choices: [], usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 } });
  exchange.done();
}
const settled = (asked: Asked): Receipt => asked.receipt() ?? assert.fail('it was not settled');
/** Of ten tokens read and twenty written, at the price of the bench, in nano-dollars. */
const ANSWER = BigInt((10 * Number(PRICE.input) + 20 * Number(PRICE.output)) / 1_000);

test('silent for longer than usual: a second one is asked, answers, and the first is given up and charged its prompt', async () => {
  const bench = await open();
  const asked = await bench.ask(await bench.keyOf(), hedged());
  await bench.pass(USUAL_MS - 1);
  assert.deepEqual(hostsAsked(bench), ['slow']);
  await bench.pass(2);
  assert.deepEqual(hostsAsked(bench), ['slow', 'quick']);
  const [slow, quick] = [exchangeWith(bench, 'slow'), exchangeWith(bench, 'quick')];
  slow.open();
  quick.open();
  await bench.pass(100);
  write(quick, 'quick');
  assert.equal(slow.isAborted(), true);
  write(slow, 'too late');
  end(quick);
  await bench.pass(1);
  assert.equal(textOf(asked), 'quick');
  const receipt = settled(asked);
  assert.deepEqual(
    receipt.attempts.map(({ endpoint, outcome }) => [endpoint, outcome]),
    [
      [SLOW, 'cancelled'],
      [QUICK, 'answered'],
    ],
  );
  assert.equal(receipt.endpoint, QUICK);
  const given = receipt.hedged ?? assert.fail('the receipt does not tell it');
  assert.deepEqual([given.endpoint, given.afterMs, given.charged], [SLOW, USUAL_MS, 'prompt']);
  assert.ok(given.cost > 0n);
  assert.equal(receipt.bill.cost, ANSWER + given.cost);
  assert.deepEqual(await bench.gateway.records.find(receipt.id), receipt);
  // What it would have taken is not known, but that it was no less.
  assert.ok((bench.gateway.health.view().of(SLOW)?.latencyMs?.p99 ?? 0) >= USUAL_MS + 100);
  await bench.close();
});

test('the first one may still win: then the second is given up', async () => {
  const bench = await open();
  const asked = await bench.ask(await bench.keyOf(), hedged());
  await bench.pass(USUAL_MS + 1);
  const [slow, quick] = [exchangeWith(bench, 'slow'), exchangeWith(bench, 'quick')];
  slow.open();
  write(slow, 'slow');
  assert.equal(quick.isAborted(), true);
  end(slow);
  await bench.pass(1);
  assert.equal(textOf(asked), 'slow');
  assert.equal(settled(asked).hedged?.endpoint, QUICK);
  assert.equal(settled(asked).endpoint, SLOW);
  await bench.close();
});

test('once it has begun nobody else is asked, however long it pauses', async () => {
  const bench = await open();
  const asked = await bench.ask(await bench.keyOf(), hedged());
  const slow = exchangeWith(bench, 'slow');
  slow.open();
  write(slow, 'be');
  await bench.pass(USUAL_MS * 5);
  write(slow, 'gun');
  end(slow);
  await bench.pass(1);
  assert.deepEqual(hostsAsked(bench), ['slow']);
  assert.equal(textOf(asked), 'begun');
  assert.equal(settled(asked).hedged, undefined);
  assert.equal(settled(asked).bill.cost, ANSWER);
  await bench.close();
});

test('a first one that fails is followed at once, as ever, and costs nothing', async () => {
  const bench = await open();
  const asked = await bench.ask(await bench.keyOf(), hedged());
  exchangeWith(bench, 'slow').refuse(429, { error: { message: 'too many' } });
  await bench.pass(1);
  assert.deepEqual(hostsAsked(bench), ['slow', 'quick']);
  exchangeWith(bench, 'quick').refuse(429, { error: { message: 'too many' } });
  await bench.pass(1);
  assert.deepEqual(hostsAsked(bench), ['slow', 'quick', 'third']);
  const third = exchangeWith(bench, 'third');
  third.open();
  write(third, 'third');
  end(third);
  await bench.pass(1);
  assert.equal(textOf(asked), 'third');
  assert.deepEqual([settled(asked).hedged, settled(asked).bill.cost], [undefined, ANSWER]);
  await bench.close();
});

test('a second one that fails leaves the first; then the rest of the plan has been asked', async () => {
  const bench = await open();
  const asked = await bench.ask(await bench.keyOf(), hedged());
  await bench.pass(USUAL_MS + 1);
  for (const host of ['quick', 'third']) {
    exchangeWith(bench, host).refuse(429, { error: { message: 'too many' } });
    await bench.pass(1);
  }
  const slow = exchangeWith(bench, 'slow');
  assert.equal(slow.isAborted(), false);
  slow.open();
  write(slow, 'slow');
  end(slow);
  await bench.pass(1);
  assert.equal(textOf(asked), 'slow');
  assert.equal(settled(asked).state, 'completed');
  await bench.close();
});

test('a refusal that ends the call ends both', async () => {
  const bench = await open();
  const { gateway } = hedged();
  const asked = await bench.ask(await bench.keyOf(), { gateway: { ...gateway, onRefusal: 'stop' } });
  await bench.pass(USUAL_MS + 1);
  exchangeWith(bench, 'slow').refuse(400, { error: { message: 'not this', code: 'content_policy_violation' } });
  await bench.pass(1);
  assert.equal(exchangeWith(bench, 'quick').isAborted(), true);
  const result = asked.result();
  assert.ok(result?.kind === 'failed');
  assert.equal(result.fault.code, 'content_policy_violation');
  assert.equal(settled(asked).bill.cost, 0n);
  await bench.close();
});

test('a caller who leaves while both are asked leaves both, and pays nothing', async () => {
  const bench = await open();
  const asked = await bench.ask(await bench.keyOf(), hedged());
  await bench.pass(USUAL_MS + 1);
  asked.completion.cancel();
  await bench.pass(1);
  assert.deepEqual(
    bench.exchanges.map((exchange) => exchange.isAborted()),
    [true, true],
  );
  const receipt = settled(asked);
  assert.deepEqual([receipt.state, receipt.bill.cost, receipt.hedged], ['cancelled', 0n, undefined]);
  assert.equal((await bench.rows('hold')).length, 0);
  await bench.close();
});

test('a host that goes on writing is charged for as long an answer', async () => {
  const bench = await open({ ...HOSTS, slow: { provider: { billsAfterCancel: true } } });
  const asked = await bench.ask(await bench.keyOf(), hedged());
  await bench.pass(USUAL_MS + 1);
  const quick = exchangeWith(bench, 'quick');
  quick.open();
  write(quick, 'quick');
  end(quick);
  await bench.pass(1);
  const { hedged: given } = settled(asked);
  assert.equal(given?.charged, 'answer');
  assert.ok((given?.cost ?? 0n) > (20n * PRICE.output) / 1_000n, 'the answer’s twenty tokens, and its prompt');
  await bench.close();
});

test('whose limit does not reach for two is answered by one; whose does is never charged more than was held', async () => {
  const bench = await open();
  const limited = { maxOutputTokens: 100 };
  // A hundred tokens written cost 200,000 nano-dollars, and the prompt some thousands.
  for (const [limit, hosts] of [
    [300_000n, ['slow']],
    [10_000_000n, ['slow', 'quick']],
  ] as const) {
    bench.exchanges.length = 0;
    const asked = await bench.ask(await bench.keyOf(limit), hedged('p90', limited));
    await bench.pass(USUAL_MS + 50);
    assert.deepEqual(hostsAsked(bench), hosts, `${limit}`);
    const last = bench.exchanges.at(-1) ?? assert.fail();
    last.open();
    write(last, 'x');
    end(last);
    await bench.pass(1);
    assert.ok(settled(asked).bill.cost <= limit);
    assert.equal(settled(asked).hedged !== undefined, hosts.length === 2);
  }
  await bench.close();
});

test('nothing is hedged unasked, unstreamed, with nobody else, or where nobody knows what is usual', async () => {
  const bench = await open();
  const key = await bench.keyOf();
  const alone = { provider: { only: ['slow'] }, hedge: 'p50' } as const;
  const unknown = { provider: { order: ['third', 'quick'] }, hedge: 'p50' } as const;
  for (const call of [
    hedged('off'),
    hedged('p50', { stream: false }),
    { gateway: alone },
    { gateway: unknown },
    { gateway: { provider: { order: ['slow'] } } },
  ]) {
    bench.exchanges.length = 0;
    const asked = await bench.ask(key, call);
    await bench.pass(USUAL_MS * 3);
    assert.equal(bench.exchanges.length, 1, JSON.stringify(call.gateway));
    asked.completion.cancel();
    bench.exchanges[0]?.reply({ choices: [{ message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }] });
    await bench.pass(1);
  }
  await bench.close();
});

test('a stream that breaks off after its first words is told as broken, and costs nothing', async () => {
  const bench = await open();
  const asked = await bench.ask(await bench.keyOf(), hedged());
  await bench.pass(USUAL_MS + 1);
  const quick = exchangeWith(bench, 'quick');
  quick.open();
  write(quick, 'half');
  quick.reset();
  await bench.pass(1);
  assert.equal(asked.events.at(-1)?.type, 'fault');
  const receipt = settled(asked);
  assert.deepEqual([receipt.state, receipt.bill.cost, receipt.hedged], ['failed', 0n, undefined]);
  await bench.close();
});
