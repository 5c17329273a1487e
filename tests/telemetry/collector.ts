import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export type Span = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly [kind: string]: unknown } }[];
};

export type Collector = {
  readonly url: string;
  /** Everything that came, by the id of its span: what comes twice is there once. */
  readonly spans: () => ReadonlyMap<string, Span>;
  readonly bodies: readonly string[];
  readonly headers: readonly IncomingHttpHeaders[];
  /** Answers with this status from now on. */
  readonly answer: (status: number) => void;
  /** Requests so far, refused ones included. */
  readonly asked: () => number;
  readonly close: () => void;
};

/** A receiver of OTLP's JSON at `/v1/traces`, or where its caller says. */
export async function startCollector(path = '/v1/traces'): Promise<Collector> {
  const spans = new Map<string, Span>();
  const bodies: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  let status = 200;
  let asked = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    asked++;
    const bytes = Buffer.concat(chunks);
    const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
    if (status === 200) {
      bodies.push(text);
      headers.push(request.headers);
      for (const { scopeSpans } of JSON.parse(text).resourceSpans)
        for (const scope of scopeSpans) for (const span of scope.spans) spans.set(span.spanId, span);
    }
    response.writeHead(request.url === path ? status : 404, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => spans,
    bodies,
    headers,
    answer: (next) => {
      status = next;
    },
    asked: () => asked,
    close: () => void server.close(),
  };
}

export const attribute = ({ attributes }: Span, key: string): unknown =>
  Object.values(attributes.find((one) => one.key === key)?.value ?? {})[0];
