import type { Job } from '../../facts/job.ts';
import type { Files } from '../../files/files.ts';
import type { Batches, BatchState, LineResult } from '../../gateway/batches.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { InferenceHandler } from '../inference.ts';
import { askLine, generationIdOf, TRIES_MAX } from './ask-line.ts';
import { type BatchLine, isProblem, readLine, textLines } from './input.ts';
import type { Slots } from './slots.ts';
import { openWriter, type ResultWriter } from './writer.ts';

/** Why no further line is asked for. `lost`: another process has the batch; `leaving`: this one ends. */
export type Stop = 'cancelled' | 'expired' | 'lost' | 'leaving';

export type Running = {
  readonly gateway: Gateway;
  readonly batches: Batches;
  readonly files: Files;
  readonly slots: Slots;
  readonly job: Job;
  readonly state: BatchState;
  readonly handler: InferenceHandler;
  readonly stop: () => Stop | null;
  readonly isStopping: () => boolean;
};

/**
 * Asks for every line that has no result yet, in order, so many at once as there are slots. The input is read as fast as
 * lines are asked for; what has come is written down before much more is.
 */
export async function runLines(running: Running): Promise<void> {
  const { batches, files, slots, job, state, stop } = running;
  const done = new Set((await batches.store.done(job.id)).map(({ line }) => line));
  const charged = await chargedBefore(running, done);
  const writer = openWriter(running.gateway, batches.store, job.id);
  const underWay = new Set<Promise<void>>();
  let at = 0;
  for await (const text of textLines(await files.read(state.inputFileId))) {
    const line = at++;
    if (done.has(line)) continue;
    await writer.room();
    await slots.take();
    const why = stop();
    const read = readLine(text, line, state);
    const interrupted = charged.get(line);
    if (why === 'lost' || why === 'leaving' || isProblem(read)) {
      slots.give();
      break;
    }
    if (why !== null || interrupted !== undefined) {
      slots.give();
      writer.add(unanswered(read, interrupted === undefined ? (why ?? 'expired') : 'interrupted', interrupted));
      continue;
    }
    const asked: Promise<void> = ask(running, read, writer).finally(() => {
      slots.give();
      underWay.delete(asked);
    });
    underWay.add(asked);
  }
  await Promise.all(underWay);
  await writer.end();
}

async function ask(running: Running, line: BatchLine, writer: ResultWriter): Promise<void> {
  const { gateway, job, state, handler, isStopping } = running;
  const asking = { gateway, job, handler, endpoint: state.endpoint, run: state.run, isStopping };
  const answer = await askLine(asking, line).catch((cause) => {
    gateway.log('a line of a batch failed inside', cause);
    return null;
  });
  if (answer) writer.add({ line: line.line, customId: line.customId, end: 'answered', ...answer });
  else if (!isStopping()) writer.add(unanswered(line, 'interrupted'));
}

const unanswered = (
  { line, customId }: BatchLine,
  end: 'cancelled' | 'expired' | 'interrupted',
  generationId = '',
): LineResult => ({ line, customId, end, status: 0, generationId, body: '' });

/** So long the calls of a process that died may stay open: others settle them within half a minute. */
const OPEN_MS = 500;
const OPEN_TRIES_MAX = 240;
const IDS_AT_ONCE = 300;

/**
 * Lines that an earlier run has paid for without writing their results down: it was killed between the two. They are not
 * asked for, and paid for, once more. Lines are asked for in order, so that they are among the first without a result.
 */
async function chargedBefore(
  { batches, gateway, job, state }: Running,
  done: ReadonlySet<number>,
): Promise<ReadonlyMap<number, string>> {
  const charged = new Map<number, string>();
  if (state.run <= 1) return charged;
  const lineOf = new Map<string, number>();
  for (let line = 0, left = state.window; line < (state.total ?? 0) && left > 0; line++) {
    if (done.has(line)) continue;
    left--;
    for (let run = 1; run < state.run; run++)
      for (let attempt = 0; attempt < TRIES_MAX; attempt++)
        lineOf.set(generationIdOf(job, { line, run, attempt }), line);
  }
  let ids = [...lineOf.keys()];
  for (let tries = 0; ids.length > 0 && tries < OPEN_TRIES_MAX; tries++) {
    const open: string[] = [];
    for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
      const found = await batches.store.calls(ids.slice(from, from + IDS_AT_ONCE));
      for (const [id, call] of found) {
        if (call === 'open') open.push(id);
        else if (call.cost > 0n) charged.set(lineOf.get(id) ?? -1, id);
      }
    }
    ids = open;
    if (ids.length > 0) await new Promise<void>((next) => gateway.world.after(OPEN_MS, next));
  }
  for (const id of ids) charged.set(lineOf.get(id) ?? -1, id);
  return charged;
}
