import { createHash, createHmac } from 'node:crypto';
import type { WireRequest, World } from '../../base/world.ts';
import type { Secret } from '../credentials.ts';

type AwsSecret = Extract<Secret, { kind: 'aws' }>;

/** A request to S3 as far as it is signed; the hash is that of its body, in hex. */
export type S3Request = { readonly method: string; readonly url: string; readonly payloadHash: string };
export type S3Secret = Pick<AwsSecret, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;
type Headers = { readonly [name: string]: string };

/** AWS Signature Version 4: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, 2026-11-22. */
export function signAws(
  request: WireRequest,
  secret: AwsSecret,
  { service, now, payloadHash = hashOf(request) }: { service: string; now: number; payloadHash?: string },
): WireRequest {
  const url = new URL(request.url);
  const region = regionOf(url.hostname) ?? secret.region ?? 'us-east-1';
  const { method, headers } = request;
  const path = canonicalPath(url.pathname);
  const signed = signHeaders({ method, url, path, headers, payloadHash }, secret, { service, region, now });
  return { ...request, headers: signed };
}

/** The headers of a request to S3, which wants paths as they are sent, and to be told the hash (…/AmazonS3/latest/API/sig-v4-header-based-auth.html, 2026-11-29). */
export function signS3(
  { method, url: text, payloadHash }: S3Request,
  { secret, region }: { readonly secret: S3Secret; readonly region: string },
  now: number,
): Headers {
  const url = new URL(text);
  const headers = { 'x-amz-content-sha256': payloadHash };
  const asked = { method, url, path: url.pathname, headers, payloadHash };
  return signHeaders(asked, secret, { service: 's3', region, now });
}

type Signable = Pick<S3Request, 'method' | 'payloadHash'> & {
  readonly url: URL;
  /** As the service reads it. */
  readonly path: string;
  readonly headers: Headers;
};

/** The headers, with those that are added and the signature over all of them. */
function signHeaders(
  { method, url, path, headers: given, payloadHash }: Signable,
  secret: S3Secret,
  { service, region, now }: { readonly service: string; readonly region: string; readonly now: number },
): Headers {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const headers: { [name: string]: string } = {
    ...given,
    host: url.host,
    'x-amz-date': time,
    ...(secret.sessionToken !== null && { 'x-amz-security-token': secret.sessionToken }),
  };
  const names = Object.keys(headers)
    .map((name) => name.toLowerCase())
    .sort();
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const canonical = [
    method,
    path,
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
  return { ...headers, authorization };
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
