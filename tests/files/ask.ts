/** What the tests of files share: plain requests, and what lies in the data folder. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { API_KEY, type GatewayProcess, MANAGEMENT_KEY } from '../gateway-process.ts';

export const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n');

export type Answer = { readonly status: number; readonly body: Record<string, unknown> & { readonly id: string } };

export async function ask(
  { base }: GatewayProcess,
  method: string,
  path: string,
  {
    key = API_KEY,
    body,
    headers = {},
  }: { key?: string; body?: FormData | string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(base + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...(body !== undefined && { body }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

export const messageOf = ({ body }: Answer): string => (body.error as { readonly message: string }).message;

export function form(
  bytes: Uint8Array<ArrayBuffer> | string,
  name = 'file.bin',
  fields: Record<string, string> = {},
): FormData {
  const data = new FormData();
  for (const [field, value] of Object.entries(fields)) data.set(field, value);
  data.set('file', new Blob([bytes]), name);
  return data;
}

export const upload = (gateway: GatewayProcess, bytes: Uint8Array<ArrayBuffer> | string, name?: string, key?: string) =>
  ask(gateway, 'POST', '/files', { body: form(bytes, name), ...(key !== undefined && { key }) });

/** Every file below the gateway's folder of files, by its path there. */
export function onDisk({ folder }: GatewayProcess): readonly string[] {
  const place = join(folder, 'data', 'files');
  if (!existsSync(place)) return [];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(place.length + 1))
    .sort();
}

/** A workspace of its own with a key in it. */
export async function stranger(
  gateway: GatewayProcess,
  slug: string,
): Promise<{ key: string; workspace: string; hash: string }> {
  const json = { key: MANAGEMENT_KEY, headers: { 'content-type': 'application/json' } };
  const made = await ask(gateway, 'POST', '/workspaces', { ...json, body: JSON.stringify({ name: slug, slug }) });
  const workspace = (made.body.data as { id: string }).id;
  const wish = JSON.stringify({ name: slug, workspace_id: workspace });
  const { body } = await ask(gateway, 'POST', '/keys', { ...json, body: wish });
  return { key: String(body.key), workspace, hash: (body.data as { hash: string }).hash };
}
