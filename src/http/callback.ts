import { appNumber } from '../insights/app.ts';

const LOCAL = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** Where a program wants its code sent: over TLS, or on the person's own machine (spec §1.10). Null = nowhere it may go. */
export function callbackIn(text: string): URL | null {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') return null;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOCAL.test(url.hostname)) ? url : null;
}

/** The program as the contract names it: by where its codes are sent. */
export const appIdOf = ({ origin }: URL): number => appNumber(origin);
