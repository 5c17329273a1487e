import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { encodeAwsFrame } from '../../src/base/aws-event-stream.ts';
import type { Framing } from '../../src/base/frame.ts';
import type { Json, JsonObject } from '../../src/base/json.ts';

/** An answer as a vendor documents it: whole, and in frames. The files stand beside the dialect that reads them. */
export type Transcript = { readonly reply?: Json; readonly frames: readonly WireFrame[] };
/** The event's name or null, its data, and `exception` where the framing says that it is one. */
type WireFrame = readonly [event: string | null, data: Json, kind?: 'exception'];
export type ErrorTranscript = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
  /** The words in it that say what happened. */
  readonly says: string;
};

/** What a vendor may refuse a call for, in the words in which every dialect keeps it: `metadata.class`. */
export const REFUSALS = [
  'authentication',
  'permission',
  'model_not_found',
  'invalid_request',
  'context_length_exceeded',
  'content_policy',
  'rate_limit',
  'insufficient_quota',
  'overloaded',
  'server_error',
] as const;
export type Refusal = (typeof REFUSALS)[number];

const dialects = resolve(import.meta.dirname, '../../src/dialects');

function read(dialect: string, name: string): unknown {
  const file = join(dialects, dialect, 'fixtures/answers', `${name}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** Claude's answers on Bedrock are Anthropic's in another framing. */
export const ofDialect = (dialect: string): string =>
  dialect === 'bedrock-invoke-anthropic' ? 'anthropic-messages' : dialect;

export const transcript = (dialect: string, name: string): Transcript | undefined =>
  read(ofDialect(dialect), name) as Transcript | undefined;

/** How a vendor refuses a call; undefined if it documents no such refusal. */
export function errorTranscript(dialect: string, kind: Refusal): ErrorTranscript | undefined {
  const of = dialect === 'bedrock-invoke-anthropic' ? 'bedrock-converse' : dialect;
  const told = (read(of, 'errors') as { readonly [kind in Refusal]?: Omit<ErrorTranscript, 'says'> })[kind];
  if (!told) return undefined;
  const { error, message } = JSON.parse(told.body);
  return { ...told, says: typeof error === 'string' ? error : (error?.message ?? message) };
}

/** The frames as the bytes that come over the network. */
export function bytesOf(dialect: string, framing: Framing, frames: readonly WireFrame[]): Uint8Array {
  const texts = frames.map(([event, data, kind]): Uint8Array => {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    if (framing === 'ndjson') return Buffer.from(`${text}\n`);
    if (framing === 'sse') return Buffer.from(`${event === null ? '' : `event: ${event}\n`}data: ${text}\n\n`);
    if (dialect === 'bedrock-invoke-anthropic') return invokeFrame(data as JsonObject, text);
    return encodeAwsFrame({ event: event ?? '', data: text, ...(kind === 'exception' && { exception: true }) });
  });
  return Buffer.concat(texts);
}

/** InvokeModelWithResponseStream wraps each event in base64; an error is an exception of the framing. */
function invokeFrame(data: JsonObject, text: string): Uint8Array {
  if (data.type === 'error') {
    const { message } = data.error as JsonObject;
    return encodeAwsFrame({ event: 'modelStreamErrorException', data: JSON.stringify({ message }), exception: true });
  }
  return encodeAwsFrame({ event: 'chunk', data: JSON.stringify({ bytes: Buffer.from(text).toString('base64') }) });
}
