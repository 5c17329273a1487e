import { randomFillSync } from 'node:crypto';
import { createIds } from '../base/ids.ts';
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
    newId: createIds(Date.now, randomFillSync),
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
