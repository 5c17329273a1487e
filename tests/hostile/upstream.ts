/** Providers that misbehave, on one loopback port: the first step of the path says how. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type Played = {
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly isStream: boolean;
  /** What was sent. */
  readonly body: string;
};
export type Play = (played: Played) => void;
export type Upstream = {
  readonly port: number;
  /** `host:port` */
  readonly host: string;
  readonly origin: string;
  readonly asked: (play: string) => number;
  readonly close: () => void;
};

export async function startUpstream(plays: { readonly [name: string]: Play }): Promise<Upstream> {
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes) => (body += bytes));
    response.on('error', () => undefined);
    request.on('end', () => {
      const name = request.url?.split('/')[1]?.split('?')[0] ?? '';
      counts.set(name, (counts.get(name) ?? 0) + 1);
      const isStream = /"stream":\s*true/.test(body) || (request.url ?? '').includes(':streamGenerateContent');
      const play = Object.hasOwn(plays, name) ? plays[name] : undefined;
      if (play) play({ response, socket: request.socket, isStream, body });
      else response.writeHead(404).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    host: `127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    asked: (play) => counts.get(play) ?? 0,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Writes the same bytes until the other side has enough, respecting its pace. */
export function forever(response: ServerResponse, bytes: string | Buffer, most = Number.POSITIVE_INFINITY): void {
  let sent = 0;
  const more = (): void => {
    while (!response.destroyed && sent < most) {
      sent += bytes.length;
      if (!response.write(bytes)) {
        response.once('drain', more);
        return;
      }
    }
    if (!response.destroyed) response.end();
  };
  more();
}

/** One provider per play, `h-<play>`, each with one model, `my/<play>`. */
export function catalogueOf(
  origin: string,
  plays: readonly string[],
  dialect: string,
  features?: readonly string[],
): { [path: string]: string } {
  const files: { [path: string]: string } = {};
  for (const play of plays) {
    files[`providers/h-${play}.toml`] =
      `name = "${play}"\nbase_url = "${origin}/${play}"\n` +
      `auth = { scheme = "bearer", env = "HOSTILE_API_KEY" }\n[dialects.${dialect}]\n`;
    files[`models/my/${play}.toml`] =
      `context = 100_000\ninput = ["text", "image"]\n[endpoints.h-${play}]\nprice = { input = "1", output = "1" }\n` +
      (features ? `features = ${JSON.stringify(features)}\n` : '');
  }
  return files;
}
