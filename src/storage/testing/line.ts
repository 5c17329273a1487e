import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { urlOf } from './postgres-server.ts';

const SOCKET = '.s.PGSQL.5432';

/** An address that leads to one server now and to another later, as a cluster's does. */
export type Line = {
  readonly url: string;
  /** Breaks every connection; new ones lead there, null = nowhere. */
  readonly leadTo: (folder: string | null) => void;
  readonly close: () => void;
};

export async function openLine(folder: string): Promise<Line> {
  const own = mkdtempSync('/tmp/ln-');
  let target: string | null = folder;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    if (target === null) return near.destroy();
    const far = connect(join(target, SOCKET));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((done) => server.listen(join(own, SOCKET), done));
  const leadTo = (next: string | null): void => {
    target = next;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: urlOf(own),
    leadTo,
    close: () => {
      leadTo(null);
      server.close();
      rmSync(own, { recursive: true, force: true });
    },
  };
}
