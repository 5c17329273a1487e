import { setTimeout as wait } from 'node:timers/promises';

const TRIES = 300;

/**
 * What another process has changed reaches a running gateway within a second or so, however long that is on a busy machine:
 * asks again until the answer is the one that must come, and gives the last one.
 */
export async function eventually<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean): Promise<T> {
  for (let tries = 1; ; tries++) {
    const answer = await ask();
    if (isThere(answer) || tries === TRIES) return answer;
    await wait(100);
  }
}
