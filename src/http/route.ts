import type { ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Verb } from '../access/may.ts';
import type { JsonObject } from '../base/json.ts';
import type { WireHeaders } from '../base/world.ts';
import type { Principal } from '../facts/principal.ts';
import type { Gateway } from '../gateway/gateway.ts';

/** Where the API answers: the documented prefix, and the alias for clients which append `/v1` to a host. */
export const PREFIXES = ['/api/v1', '/v1'] as const;

/** One resource of the API or one page. Streaming routes have their own shape in `stream.ts`. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/api/v1` (and its alias `/v1`) for `v1/` routes, below `/` for pages; `:name` and a final `*` are parameters. */
  readonly path: string;
  /** What it does, which its caller must be allowed to (`access/may.ts`); `none`: public. A valid key is passed on there too. */
  readonly auth: Verb | 'none';
  /** Its body is a page's form, whose fields are the body's members, as texts (`read-fields.ts`). */
  readonly form?: true;
  /** What its body and its query are read by, for the API's description; absent = they are not described. */
  readonly body?: z.ZodType;
  readonly query?: z.ZodType;
  readonly handle: (request: RouteRequest, gateway: Gateway) => RouteAnswer | Promise<RouteAnswer>;
};

export type RouteRequest = {
  readonly params: { readonly [name: string]: string };
  /** Decoded; a repeated name keeps its last value. */
  readonly query: { readonly [name: string]: string | undefined };
  readonly headers: WireHeaders;
  /**
   * Somebody only looks: with HEAD, or a browser or a messenger that fetches ahead what may never be opened. Nothing may
   * change by it.
   */
  readonly look: 'head' | 'ahead' | null;
  /** The address at the other end of the connection. */
  readonly address: string;
  /** The parsed JSON body of POST, PUT and PATCH; an empty object when there was none. */
  readonly body: JsonObject;
  readonly caller: Principal | null;
  /** The instance's own base URL as the client sees it, without a trailing slash: `http://127.0.0.1:8787`. */
  readonly origin: string;
};

export type RouteAnswer =
  /** Writes the answer itself, as far and as fast as it is read. */
  | { readonly stream: (response: ServerResponse) => void }
  | { readonly status: number; readonly json: unknown; readonly headers?: { readonly [name: string]: string } }
  | {
      readonly status: number;
      readonly text: string;
      readonly contentType: string;
      /** Whole `set-cookie` fields. */
      readonly cookies?: readonly string[];
      readonly headers?: { readonly [name: string]: string };
    }
  | {
      readonly status: number;
      /** Sent as they are. */
      readonly bytes: Buffer;
      readonly contentType: string;
      readonly headers?: { readonly [name: string]: string };
    };
