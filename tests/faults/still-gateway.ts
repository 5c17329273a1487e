/**
 * The gateway with its door, store and connections, in this process, whose providers' silences take no time: it passes
 * only when a provider says that it is silent, or a retry is waited for. So what a fault costs is a figure, not a guess.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { World } from '#src/base/world.ts';
import { composeGateway } from '#src/cli/compose.ts';
import { readConfiguration } from '#src/cli/configuration.ts';
import type { Gateway } from '#src/gateway/gateway.ts';
import { createServer } from '#src/http/server.ts';
import { apiRoutes } from '#src/http/v1/routes.ts';
import { createHealth } from '#src/upstream/health.ts';
import { realWorld } from '#src/upstream/world.ts';
import { API_KEY } from '../gateway-process.ts';
import { lineWorld, turn } from './line-world.ts';

export type StillGateway = {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly line: Line;
  /** Forgets how every endpoint has fared. */
  readonly forget: () => void;
  readonly close: () => Promise<void>;
};

/** The gateway's side of the connections to its providers, one request after the other. */
export type Line = {
  /** Milliseconds. */
  readonly elapsed: () => number;
  /** A provider has said so many bytes of its body and says nothing more: time passes until the gateway has hung up. */
  readonly silence: (said: number) => Promise<void>;
  /** The same, for so long at the most. */
  readonly pause: (said: number, ms: number) => Promise<void>;
};

export async function startStillGateway(catalogue: { readonly [path: string]: string }): Promise<StillGateway> {
  const folder = mkdtempSync(join(tmpdir(), 'switchwright-still-'));
  for (const [path, text] of Object.entries(catalogue)) {
    const file = join(folder, 'catalogue', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const configuration = readConfiguration({
    SWITCHWRIGHT_DATA_DIR: join(folder, 'data'),
    SWITCHWRIGHT_CATALOG: join(folder, 'catalogue'),
    SWITCHWRIGHT_API_KEY: API_KEY,
    SWITCHWRIGHT_LOCAL_SERVERS: '0',
  });
  const composed = await composeGateway(configuration, realWorld(), 'owner');
  const { world, line } = stillLine();
  let health = createHealth(world.elapsed);
  const gateway: Gateway = {
    ...composed.gateway,
    get health() {
      return health;
    },
    get upstream() {
      return { ...composed.gateway.upstream, world, health };
    },
  };
  const server = createServer({ gateway, api: apiRoutes, pages: [] });
  await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    origin: `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    line,
    forget: () => {
      health = createHealth(world.elapsed);
    },
    close: async () => {
      await server.close();
      await composed.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function stillLine(): { readonly world: World; readonly line: Line } {
  const still = lineWorld();
  let asked = 0;
  let isOpen = false;
  let heard = -1;
  /** The gateway holds its provider back, until its store has what it needs. */
  let isHeld = false;
  const request: World['request'] = (wireRequest, handler) => {
    asked++;
    isOpen = true;
    heard = -1;
    isHeld = false;
    const mine = asked;
    const note = (what: () => void): void => {
      if (mine === asked) what();
    };
    const over = (): void =>
      note(() => {
        isOpen = false;
      });
    const wire = still.request(wireRequest, {
      head: (status, headers) => {
        note(() => {
          heard = Math.max(heard, 0);
        });
        handler.head(status, headers);
      },
      data: (bytes) => {
        note(() => {
          heard += bytes.length;
        });
        handler.data(bytes);
      },
      end: () => {
        over();
        handler.end();
      },
      error: (error) => {
        over();
        handler.error(error);
      },
    });
    return {
      pause: () => {
        note(() => {
          isHeld = true;
        });
        wire.pause();
      },
      resume: () => {
        note(() => {
          isHeld = false;
        });
        wire.resume();
      },
      abort: () => {
        over();
        wire.abort();
      },
    };
  };
  const pause = async (said: number, ms: number): Promise<void> => {
    const mine = asked;
    const isMine = (): boolean => mine === asked && isOpen;
    while (isMine() && (heard < said || isHeld)) await turn();
    const until = still.elapsed() + ms;
    const cancel = Number.isFinite(ms) ? still.after(ms, () => {}) : () => {};
    while (isMine() && still.elapsed() < until && (await still.step()));
    cancel();
  };
  return {
    world: { ...still, request },
    line: { elapsed: still.elapsed, pause, silence: (said) => pause(said, Number.POSITIVE_INFINITY) },
  };
}
