import { digestOf } from '../access/secret.ts';

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** Where a program wants its code sent: over TLS, or on the person's own machine (spec §1.10). Null = nowhere it may go. */
export function callbackIn(text: string): URL | null {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return null;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOCAL.test(url.hostname)) ? url : null;
}

/** A number that stands for a program, as the contract has it: it follows from where its codes are sent. */
export const appIdOf = ({ origin }: Pick<URL, 'origin'>): number =>
  Number.parseInt(digestOf(origin).slice(0, 8), 16) >>> 1;
