/** A running gateway in front of the hosts, and how it is asked for pictures without a client of anybody's. */
import assert from 'node:assert/strict';
import { after, beforeEach } from 'node:test';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { catalogueOf, startHosts } from './hosts.ts';

export const hosts = await startHosts();
export const gateway = await startGateway({ catalogue: catalogueOf(hosts.port) });
after(async () => {
  await gateway.stop();
  hosts.close();
});
beforeEach(() => {
  hosts.seen.length = 0;
});

export const reference = (url: string) => ({ type: 'image_url', image_url: { url } });

export type Told = {
  readonly id: string;
  readonly data: readonly { readonly b64_json?: string; readonly url?: string; readonly media_type?: string }[];
  readonly usage: { readonly [name: string]: unknown; readonly cost: number };
  readonly error?: { readonly code: number; readonly message: string; readonly param?: string; readonly type: string };
  readonly switchwright?: { readonly losses: readonly { readonly field: string }[] };
};

export async function post(
  path: string,
  body: object,
  headers: { [name: string]: string } = {},
): Promise<[number, Told]> {
  const response = await fetch(`${gateway.base}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return [response.status, (await response.json()) as Told];
}
export const draw = (body: object, headers = {}): Promise<[number, Told]> =>
  post('/images', { prompt: 'A fox', ...body }, headers);

export async function generation(id: string): Promise<{ readonly [name: string]: unknown }> {
  const response = await fetch(`${gateway.base}/generation?id=${id}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { data: { [name: string]: unknown } }).data;
}

export async function credit(): Promise<number> {
  const response = await fetch(`${gateway.base}/credits`, { headers: { authorization: `Bearer ${MANAGEMENT_KEY}` } });
  return ((await response.json()) as { data: { total_usage: number } }).data.total_usage;
}
