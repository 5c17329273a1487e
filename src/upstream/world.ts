import { randomFillSync } from 'node:crypto';
import { idCharacter, timeText } from '../base/ids.ts';
import type { Cancel, World } from '../base/world.ts';
import { createRequest, type TransportOptions } from './transport.ts';

/** The world as it is: the machine's clock, timers, randomness and network. */
export function realWorld(options: TransportOptions = {}): World {
  const turns = createTurns();
  return {
    now: Date.now,
    elapsed: () => performance.now(),
    after: (ms, task) => {
      if (ms === 0) return turns(task);
      const timer = setTimeout(task, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    newId: createIds(Date.now),
    request: createRequest(options),
  };
}

/**
 * Tasks that are long enough for a turn of the loop have one each, in the order in which they came: however many large
 * calls there are, what the network brings meanwhile waits for one of their steps, not for one of each. The first of
 * them comes behind what the network has brought by now, and not a millisecond later.
 */
function createTurns(): (task: () => void) => Cancel {
  const waiting: { task: (() => void) | null }[] = [];
  const next = (): void => {
    let task: (() => void) | null = null;
    while (task === null && waiting.length > 0) task = waiting.shift()?.task ?? null;
    if (waiting.length > 0) setImmediate(next);
    task?.();
  };
  return (task) => {
    const entry: (typeof waiting)[number] = { task };
    if (waiting.push(entry) === 1) setImmediate(next);
    return () => {
      entry.task = null;
    };
  };
}

const RANDOM_CHARACTERS = 14;

/** Ids of 50 bits of time and 70 random bits, in an alphabet whose order is the order of its characters' codes. */
function createIds(now: () => number): World['newId'] {
  const pool = new Uint8Array(RANDOM_CHARACTERS * 256);
  let used = pool.length;
  return (prefix) => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    let id = timeText(now());
    for (let at = 0; at < RANDOM_CHARACTERS; at++) id += idCharacter(pool[used++] ?? 0);
    return `${prefix}-${id}`;
  };
}
