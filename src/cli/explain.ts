import { parseArgs } from 'node:util';
import type { Catalog } from '../catalog/catalog.ts';
import type { Attempt } from '../facts/attempt.ts';
import type { Plan } from '../facts/plan.ts';
import type { Receipt } from '../facts/receipt.ts';
import { candidateWords, policyWords, rejectionWords, routedWords } from '../router/grounds-words.ts';
import { type Replay, replay } from '../router/replay.ts';
import { realWorld } from '../upstream/world.ts';
import { problemText, readServing } from './catalogue.ts';
import type { Configuration } from './configuration.ts';
import { tell } from './plan.ts';
import { openVisit } from './store.ts';
import { UsageError, wrapped } from './usage.ts';

/** `switchwright explain GEN`: why a call went where it went, and not elsewhere, from its receipt. */
export async function explainCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { receipt, found, catalog, json } = await look(words, configuration);
  if (json) return print({ ...headOf(receipt), ...groundsJson(found, catalog), attempts: receipt.attempts });
  tellHead(receipt);
  const laid = policyWords(found.grounds);
  if (laid.length > 0)
    console.log(`\nLaid down for it:\n${laid.map((words) => wrapped(words, '   – ', '     ')).join('\n')}`);
  for (const line of found.grounds.question.routed?.flatMap(routedWords) ?? []) console.log(`\n${wrapped(line)}`);
  console.log('\nThe plan, in the order in which endpoints were to be tried:');
  found.grounds.candidates.forEach((candidate, at) =>
    tell(`${at + 1}.`, candidate.endpoint, candidateWords(candidate)),
  );
  if (found.grounds.rejected.length > 0) console.log('\nNot among them:');
  for (const rejected of found.grounds.rejected) tell('–', rejected.endpoint, rejectionWords(rejected, catalog));
  console.log('\nWhat happened:');
  receipt.attempts.forEach((attempt, at) => tell(`${at + 1}.`, attempt.endpoint, attemptWords(attempt)));
  return 0;
}

/** `switchwright replay GEN`: the plan made anew from what it rested on; 1 if this release would plan otherwise. */
export async function replayCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { receipt, found, catalog, json } = await look(words, configuration);
  const { grounds, outcome, plan } = found;
  const code = outcome === 'other' ? 1 : 0;
  if (json) {
    print({ ...headOf(receipt), outcome, ...groundsJson(found, catalog), now: plan && planJson(plan) });
    return code;
  }
  tellHead(receipt);
  console.log('');
  if (plan && outcome === 'same')
    plan.candidates.forEach(({ endpoint, reason }, at) => tell(`${at + 1}.`, endpoint.id, reason));
  else grounds.candidates.forEach(({ endpoint, reason }, at) => tell(`${at + 1}.`, endpoint, reason));
  if (plan && outcome === 'other') {
    console.log('\nThis release plans instead:');
    plan.candidates.forEach(({ endpoint, reason }, at) => tell(`${at + 1}.`, endpoint.id, reason));
  }
  console.log(`\n${wrapped(VERDICTS[outcome])}`);
  return code;
}

const VERDICTS: { readonly [outcome in Replay['outcome']]: string } = {
  same: 'Planned anew with the health, the keys and the seed of then: the same plan, bit for bit.',
  changed:
    'The catalogue says something else of these models by now. This is the plan that was written down; it cannot be made anew.',
  other: 'The catalogue says of these models what it said then, and yet the plan is another one.',
};

type Looked = { readonly receipt: Receipt; readonly found: Replay; readonly catalog: Catalog; readonly json: boolean };

/** The receipt that was named, its plan made anew, and today's catalogue. Throws in words where there is none. */
async function look(words: readonly string[], configuration: Configuration): Promise<Looked> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const [id, ...others] = positionals;
  if (id === undefined || others.length > 0) throw new UsageError('Which call? Its id is in `x-generation-id`: gen-….');
  const serving = await readServing(configuration, realWorld());
  if (!serving.ok) throw new Error(`The catalogue has problems:\n${problemText(serving.error)}`);
  const { catalog } = serving.value;
  const receipt = await receiptOf(id, configuration);
  const found = replay(receipt, catalog);
  if (!found)
    throw new Error(
      `The receipt of ${id} does not say what its plan rested on: it is older than that, or its call was settled by another process after a crash.`,
    );
  return { receipt, found, catalog, json: values.json };
}

async function receiptOf(id: string, configuration: Configuration): Promise<Receipt> {
  const storage = await openVisit(configuration);
  try {
    const receipt = await storage.records.find(id);
    if (!receipt) throw new Error(`There is no receipt ${id}.`);
    return receipt;
  } finally {
    await storage.close();
  }
}

const headOf = ({ id, createdAt, requestedModel, state, endpoint, catalogVersion, seed }: Receipt) => ({
  id,
  created_at: new Date(createdAt).toISOString(),
  requested_model: requestedModel,
  state,
  endpoint,
  catalog_version: catalogVersion,
  seed,
});

function tellHead(receipt: Receipt): void {
  const { id, created_at, requested_model, state, endpoint, catalog_version, seed } = headOf(receipt);
  console.log(`${id}  ${created_at}`);
  console.log(`${requested_model}: ${state}${endpoint === null ? '' : `, ${endpoint}`}`);
  console.log(`catalogue ${catalog_version}, seed ${seed}`);
}

function attemptWords({ outcome, status, totalMs, fault, key }: Attempt): string {
  const what = fault ? `${fault.code}: ${fault.message}` : outcome;
  return `${key === undefined ? '' : `${key}, `}${status === null ? '' : `${status}, `}${totalMs} ms, ${what}`;
}

const groundsJson = ({ grounds }: Replay, catalog: Catalog) => ({
  policy: grounds.question.policy ?? null,
  ...(grounds.question.routed && { routed: grounds.question.routed }),
  candidates: grounds.candidates,
  rejected: grounds.rejected.map((rejected) => ({
    endpoint: rejected.endpoint,
    reason: rejectionWords(rejected, catalog),
  })),
});

const planJson = ({ candidates }: Plan) =>
  candidates.map(({ endpoint, reason }) => ({ endpoint: endpoint.id, reason }));

function print(value: object): number {
  console.log(JSON.stringify(value, null, 2));
  return 0;
}
