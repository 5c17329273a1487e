import { createHash, createHmac } from 'node:crypto';
import type { WireRequest, World } from '../../base/world.ts';
import type { Secret } from '../credentials.ts';

type AwsSecret = Extract<Secret, { kind: 'aws' }>;

/** AWS Signature Version 4: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, 2026-11-22. */
export function signAws(
  request: WireRequest,
  secret: AwsSecret,
  { service, now, payloadHash = hashOf(request) }: { service: string; now: number; payloadHash?: string },
): WireRequest {
  const url = new URL(request.url);
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const region = regionOf(url.hostname) ?? secret.region ?? 'us-east-1';
  const headers: { [name: string]: string } = {
    ...request.headers,
    host: url.host,
    'x-amz-date': time,
    ...(secret.sessionToken !== null && { 'x-amz-security-token': secret.sessionToken }),
  };
  const names = Object.keys(headers)
    .map((name) => name.toLowerCase())
    .sort();
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const canonical = [
    request.method,
    canonicalPath(url.pathname),
    canonicalQuery(url.searchParams),
    ...names.map((name) => `${name}:${(lower.get(name) ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    payloadHash,
  ].join('\n');
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`;
  const key = ['aws4_request', service, region, time.slice(0, 8)].reduceRight<string | Buffer>(
    (chained, part) => hmac(chained, part),
    `AWS4${secret.secretAccessKey}`,
  );
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${secret.accessKeyId}/${scope}, ` +
    `SignedHeaders=${names.join(';')}, Signature=${hmac(key, toSign).toString('hex')}`;
  return { ...request, headers: { ...headers, authorization } };
}

const piecesOf = ({ body }: WireRequest): readonly (string | Uint8Array)[] =>
  typeof body === 'string' ? [body] : (body ?? []);
const hashOf = (request: WireRequest): string => sha256(...piecesOf(request));

/** So much is hashed in one turn: some milliseconds. */
const PORTION_BYTES = 1024 * 1024;

/** The hash of a large body, others served between its portions. */
export async function hashInTurns(world: Pick<World, 'after'>, request: WireRequest): Promise<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const piece of piecesOf(request)) {
    hash.update(piece);
    bytes += piece.length;
    if (bytes < PORTION_BYTES) continue;
    bytes = 0;
    await new Promise<void>((next) => world.after(0, next));
  }
  return hash.digest('hex');
}

/** `bedrock-runtime.eu-west-1.amazonaws.com` → `eu-west-1`. */
const regionOf = (hostname: string): string | undefined =>
  /\.([a-z]{2}(?:-[a-z]+)+-\d)\.(?:amazonaws|api\.aws)\b/.exec(hostname)?.[1];

function sha256(...pieces: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** RFC 3986 with every reserved character escaped: what AWS expects where `encodeURIComponent` leaves `!'()*`. */
const percentEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);

/** Each segment of the path as it is sent, escaped once more (every service but S3). */
const canonicalPath = (path: string): string => path.split('/').map(percentEncode).join('/');

const canonicalQuery = (query: URLSearchParams): string =>
  [...query]
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .sort()
    .join('&');
