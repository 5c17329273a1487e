/**
 * What money costs the event loop: CPU of this thread per hold and settlement, and how many a second are committed.
 * Run: `node bench/ledger.ts [calls] [parallel]`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { nano } from '../src/base/money.ts';
import type { World } from '../src/base/world.ts';
import { usageOf } from '../src/call/usage.ts';
import type { About, Receipt } from '../src/facts/receipt.ts';
import { accountScope, keyScope, workspaceScope } from '../src/facts/scope.ts';
import { isHold, openLedger } from '../src/ledger/ledger.ts';
import { openStorage } from '../src/storage/open.ts';

const calls = Number(process.argv[2] ?? 60_000);
const parallel = Number(process.argv[3] ?? 64);

let ids = 0;
const world: World = {
  now: Date.now,
  elapsed: () => performance.now(),
  after: (ms, task) => {
    const timer = setTimeout(task, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  random: Math.random,
  newId: (prefix) => `${prefix}-${Date.now().toString(36)}${String(ids++).padStart(10, '0')}`,
  request: () => {
    throw new Error('the ledger sends no requests');
  },
};

const receiptOf = (id: string): Receipt => ({
  id,
  createdAt: Date.now(),
  accountId: 'owner',
  keyId: `${ids % 8}`.padStart(64, 'a'),
  workspaceId: 'w',
  operation: 'chat',
  clientDialect: 'openai-chat',
  requestedModel: 'author/model',
  model: 'author/model',
  endpoint: 'author/model@host',
  provider: 'host',
  streamed: false,
  state: 'completed',
  finish: 'stop',
  nativeFinish: 'stop',
  serviceTier: null,
  usage: usageOf({ input: 1200, output: 300, outputReasoning: 50 }),
  bill: { cost: nano(1234n), inputCost: nano(1000n), outputCost: nano(234n), upstreamCost: null, isByok: false },
  attempts: [
    {
      endpoint: 'author/model@host',
      provider: 'host',
      model: 'author/model',
      startedAt: Date.now(),
      status: 200,
      upstreamId: 'chatcmpl-1234567890',
      headersMs: 300,
      firstContentMs: 300,
      totalMs: 900,
      outcome: 'answered',
      fault: null,
      losses: [],
    },
  ],
  losses: [],
  fault: null,
  catalogVersion: '1',
  seed: 1,
  firstContentMs: 301,
  totalMs: 905,
  app: { origin: 'https://app.example', title: 'An app', categories: [] },
  userAgent: 'bench/1.0',
  user: null,
  sessionId: null,
});

const directory = mkdtempSync(join(tmpdir(), 'ledger-bench-'));
const storage = await openStorage({ world, dataDirectory: directory });
const ledger = openLedger(storage.ledgerStore, world);

const aboutOf = ({ bill: _b, usage: _u, attempts: _a, losses: _l, fault: _f, ...about }: Receipt): About => about;

async function one(): Promise<void> {
  const id = world.newId('gen');
  const receipt = receiptOf(id);
  const hold = await ledger.hold({
    generationId: id,
    accountId: receipt.accountId,
    keyId: receipt.keyId,
    workspaceId: 'w',
    scopes: [accountScope(receipt.accountId), workspaceScope('w'), keyScope(receipt.keyId)],
    model: 'author/model',
    about: aboutOf(receipt),
    createdAt: receipt.createdAt,
    amount: nano(5000n),
    promptCost: nano(1000n),
    promptTokens: 1200,
    outputTokens: 4096,
  });
  if (!isHold(hold)) throw new Error(hold.message);
  hold.dispatched('author/model@host');
  await hold.durable;
  await hold.settle(receipt);
}

async function round(count: number): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: parallel }, lane));
}

await round(Math.min(calls, 5_000));
const cpu = process.threadCpuUsage();
const all = process.cpuUsage();
const from = performance.now();
await round(calls);
const ms = performance.now() - from;
const { user, system } = process.threadCpuUsage(cpu);
const whole = process.cpuUsage(all);
const perCall = (microseconds: number): string => (microseconds / calls).toFixed(1);
console.log(`${calls} calls, ${parallel} at a time: ${Math.round((calls / ms) * 1000)} a second`);
console.log(`main thread ${perCall(user + system)} µs a call, all threads ${perCall(whole.user + whole.system)} µs`);
ledger.close();
await storage.close();
rmSync(directory, { recursive: true });
