import { randomFillSync } from 'node:crypto';
import type { Cancel, World } from '../base/world.ts';
import { createRequest, type TransportOptions } from './transport.ts';

/** The world as it is: the machine's clock, timers, randomness and network. */
export function realWorld(options: TransportOptions = {}): World {
  return {
    now: Date.now,
    elapsed: () => performance.now(),
    after: (ms, task) => {
      if (ms === 0) return nextTurn(task);
      const timer = setTimeout(task, ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    newId: createIds(Date.now),
    request: createRequest(options),
  };
}

/** Behind what the network has brought meanwhile, and not a millisecond later. */
function nextTurn(task: () => void): Cancel {
  const turn = setImmediate(task);
  return () => clearImmediate(turn);
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARACTERS = 10;
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
    let time = now();
    let id = '';
    for (let at = 0; at < TIME_CHARACTERS; at++) {
      id = ALPHABET.charAt(time % 32) + id;
      time = Math.floor(time / 32);
    }
    for (let at = 0; at < RANDOM_CHARACTERS; at++) id += ALPHABET.charAt((pool[used++] ?? 0) & 31);
    return `${prefix}-${id}`;
  };
}
