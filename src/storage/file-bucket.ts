import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import type { FileBytes } from '../files/bytes.ts';
import { type S3Request, type S3Secret, signS3 } from '../upstream/auth/aws-sigv4.ts';
import { arrivalOnDisk } from './file-disk.ts';

/** A bucket that speaks S3: Amazon's, or one of the many that do as it does. */
export type Bucket = {
  /** With the bucket's name in the path, and what stands before every key: `https://s3.eu-west-1.amazonaws.com/name/prefix`. */
  readonly url: string;
  readonly region: string;
  readonly secret: S3Secret;
};

/** A bucket that says nothing for so long is taken for gone. */
const SILENCE_MS = 30_000;
const WORDS_BYTES_MAX = 4_096;
/** Of nothing at all. */
const EMPTY_HASH = createHash('sha256').digest('hex');

/**
 * Files in a bucket, for gateways on many machines. What comes in is written to this machine's disk first: how long a file
 * is and what it hashes to is known when it has come, and S3 asks for both before the first byte.
 */
export function filesInBucket(
  bucket: Bucket,
  { dataDirectory, now }: { readonly dataDirectory: string; readonly now: () => number },
): FileBytes {
  const agent = new Agent({ headersTimeout: SILENCE_MS, bodyTimeout: SILENCE_MS, connect: { timeout: SILENCE_MS } });
  const ask = async (
    asked: Pick<S3Request, 'method' | 'payloadHash'> & { readonly id: string; readonly size?: number },
    body: Readable | null,
  ): Promise<Dispatcher.ResponseData> => {
    const { method, payloadHash, id, size } = asked;
    const url = `${bucket.url.replace(/\/$/, '')}/${id}`;
    const headers = signS3({ method, url, payloadHash }, bucket, now());
    return request(url, {
      dispatcher: agent,
      method,
      headers: { ...headers, ...(size !== undefined && { 'content-length': String(size) }) },
      body,
    });
  };
  return {
    receive: () => arrivalOnDisk(dataDirectory),
    keep: async (id, { path }) => {
      const [{ size }, payloadHash] = [await stat(path), await hashOf(path)];
      await settled('PUT', await ask({ method: 'PUT', id, payloadHash, size }, createReadStream(path)));
      await rm(path, { force: true });
    },
    read: async (id) => {
      const answer = await ask({ method: 'GET', id, payloadHash: EMPTY_HASH }, null);
      if (answer.statusCode === 200) return answer.body;
      throw await refused('GET', answer);
    },
    remove: async (id) => {
      const answer = await ask({ method: 'DELETE', id, payloadHash: EMPTY_HASH }, null);
      if (answer.statusCode === 404) return void (await answer.body.dump());
      await settled('DELETE', answer);
    },
  };
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

async function settled(method: string, answer: Dispatcher.ResponseData): Promise<void> {
  if (answer.statusCode >= 300) throw await refused(method, answer);
  await answer.body.dump();
}

/** In the bucket's own words, which name no secret. */
async function refused(method: string, { statusCode, body }: Dispatcher.ResponseData): Promise<Error> {
  let words = '';
  for await (const piece of body) {
    words += String(piece);
    if (words.length > WORDS_BYTES_MAX) break;
  }
  const [, code = ''] = /<Code>([^<]{1,100})<\/Code>/.exec(words) ?? [];
  return new Error(`the bucket answered ${method} with ${statusCode}${code === '' ? '' : ` ${code}`}`);
}
