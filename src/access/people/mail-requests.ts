import type { World } from '../../base/world.ts';
import { createGuesses } from '../guesses.ts';

/**
 * Mails that strangers may ask for. Whoever asks for many waits. Of the mails to one address there are few, whoever asks:
 * whom others flood has a link in one of them, since none takes another's away.
 */
export type MailRequests = {
  /** One more, from there. Null = it may go on; else how many milliseconds to wait. */
  readonly from: (address: string) => number | null;
  /** One more, to there. */
  readonly mayGoTo: (email: string) => boolean;
};

export function createMailRequests(world: Pick<World, 'elapsed'>): MailRequests {
  const from = createGuesses(world, { burst: 20, perHour: 20 });
  const to = createGuesses(world, { burst: 5, perHour: 10 });
  return { from: from.wrong, mayGoTo: (email) => to.wrong({ address: '', about: email }) === null };
}
