import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../src/base/json.ts';
import type { Call } from '../../src/call/call.ts';
import type { Loss } from '../../src/call/loss.ts';
import type { Assets } from '../../src/facts/asset.ts';
import type { Asked } from './asked.ts';
import type { Cell } from './cell.ts';
import type { Client } from './client.ts';
import { PICTURE, QUESTIONS, type QuestionName } from './questions.ts';
import type { Upstream } from './upstream.ts';

/** Is a question that a program asks understood by an endpoint, or named as a loss? */
export function askCell(client: Client, upstream: Upstream, question: QuestionName, stream: boolean): Cell {
  const body = client.ask(question);
  if (!body) return { state: 'none', reason: 'cannot be asked in this dialect' };
  const sent = send(client, upstream, body, stream);
  if (typeof sent === 'string') return { state: 'wrong', reason: sent };
  const expected: Partial<Asked> = QUESTIONS[question];
  const different = (Object.keys(expected) as (keyof Asked)[]).filter(
    (member) => !isDeepStrictEqual(sent.asked[member], expected[member]),
  );
  if (different.length === 0) return { state: 'kept' };
  if (sent.losses.length > 0) return { state: 'lost', reason: sent.losses.map(wordsOf).sort().join('; ') };
  const [member] = different as [keyof Asked];
  return {
    state: 'wrong',
    reason: `${member} is ${JSON.stringify(sent.asked[member])}, not ${JSON.stringify(expected[member])}`,
  };
}

const wordsOf = ({ field, reason }: Loss): string => `${field.replaceAll(/\[\d+\]/g, '[…]')}: ${reason}`;

type Sent = { readonly call: Call; readonly asked: Asked; readonly losses: readonly Loss[] };

/** Takes a body through the gateway's two dialects; text says what went wrong. */
export function send(client: Client, upstream: Upstream, body: JsonObject, stream: boolean): Sent | string {
  const call = client.dialect.decodeCall({ ...body, stream }, client.request(stream));
  if (!call.ok) return `refused: ${call.error.message}`;
  const assets: Assets = new Map(
    upstream.dialect
      .assets(call.value, upstream.target)
      .map(({ url }) => [url, { mediaType: 'image/png', data: Buffer.from(PICTURE, 'base64') }]),
  );
  const written = upstream.dialect.encodeCall(call.value, upstream.target, assets);
  if (!written.ok) return `not written: ${written.error.message}`;
  const wire = JSON.parse(JSON.stringify(written.value.body)) as JsonObject;
  return { call: call.value, asked: upstream.read(wire), losses: written.value.losses };
}
