/** A provider falls silent after every frame: what keeps the line alive meanwhile changes nothing of what real clients read. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { startGateway } from '../gateway-process.ts';
import { READERS } from './readers.ts';

const MODEL = 'acme/silent';
const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const args = (text: string) => ({ tool_calls: [{ index: 0, function: { arguments: text } }] });
const FRAMES: readonly string[] = [
  chunk({ role: 'assistant', content: 'Hello, ' }),
  chunk({ content: 'world' }),
  chunk({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'add', arguments: '' } }] }),
  chunk(args('{"a":')),
  chunk(args('1}')),
  chunk({}, 'tool_calls'),
  'data: [DONE]\n\n',
];

const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return originOf(server);
}

/** What passes between gateway and client, looked at on its way. */
let passed: (text: string) => void = () => {};
const isSilence = (text: string): boolean =>
  /^(: SWITCHWRIGHT PROCESSING|event: ping\ndata: \{"type":"ping"\}|)\n\n|^ /m.test(text);
const heardSilence = (): Promise<void> =>
  new Promise((resolve) => {
    passed = (text) => isSilence(text) && resolve();
  });

const host = createServer(async (call, response) => {
  call.resume();
  response.setHeader('content-type', 'text/event-stream');
  for (const frame of FRAMES) {
    const silence = heardSilence();
    response.write(frame);
    if (frame !== FRAMES.at(-1)) await silence;
  }
  response.end();
});
const hostOrigin = await listen(host);
const gateway = await startGateway({
  catalogue: {
    'providers/host.toml': `name = "Host"\nbase_url = "${hostOrigin}/v1"\nauth = { scheme = "none" }\n`,
    [`models/${MODEL}.toml`]: 'name = "Silent"\n[endpoints.host]\nprice = { input = "1", output = "2" }\n',
  },
  environment: { SWITCHWRIGHT_KEEP_ALIVE_MS: '20' },
});
const between = createServer((call, response) => {
  const { method, headers } = call;
  const onward = request(gateway.origin + call.url, { method: method ?? 'POST', headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('data', (bytes: Buffer) => passed(bytes.toString()));
    answer.pipe(response);
  });
  call.pipe(onward);
});
between.keepAliveTimeout = 0; // no client meets a connection that is just being closed
const origin = await listen(between);
after(async () => {
  await gateway.stop();
  for (const server of [host, between]) {
    server.closeAllConnections();
    server.close();
  }
});

for (const [client, readerOf] of Object.entries(READERS))
  test(client, async () => {
    const { text, calls } = await readerOf({ ...gateway, origin, base: `${origin}/api/v1` })(MODEL, true);
    assert.equal(text, 'Hello, world');
    assert.deepEqual(
      calls.map((call) => [call.name, call.arguments]),
      [['add', '{"a":1}']],
    );
  });
