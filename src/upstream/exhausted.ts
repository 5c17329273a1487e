import type { WireError } from '../base/world.ts';

/** File descriptors, memory for sockets, ports of our own: used up here, whoever was to be reached. */
const CODES: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL']);

const ERROR: WireError = { kind: 'exhausted', message: 'this machine has no more connections to give' };

/** Is it this machine that has nothing left, rather than the host that cannot be reached? Null = no. */
export const exhaustedError = (code: unknown): WireError | null => (CODES.has(code) ? ERROR : null);
