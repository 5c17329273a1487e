import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const folder = mkdtempSync(join(tmpdir(), 'switchwright-tls-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A certificate for `localhost` alone, in `cert.pem` with its key in `key.pem`; why not, where there is none. */
function certify(): string | undefined {
  const words =
    'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost'.split(' ');
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  const done = spawnSync('openssl', [...words, ...files], { encoding: 'utf8' });
  return done.status === 0 ? undefined : `openssl made no certificate: ${done.error?.message ?? done.stderr}`;
}

/** A process that trusts the certificate, as an operator's own authority is trusted; prints a line an exchange. */
const CLIENT = `
import { createTransport } from ${JSON.stringify(new URL('./transport.ts', import.meta.url).href)};
const ask = (transport, url) => new Promise((done) => {
  let text = '';
  transport.request({ method: 'POST', url, headers: { 'x-a': 'b' }, body: 'ünicode', reach: 'operator' }, {
    head: (status) => { text = status + ' '; },
    data: (bytes) => { text += Buffer.from(bytes).toString(); },
    end: () => done(text),
    error: ({ kind }) => done(kind),
  });
});
const [port] = process.argv.slice(-1);
const one = createTransport();
console.log(await ask(one, 'https://localhost:' + port + '/kept'));
console.log(await ask(one, 'https://localhost:' + port + '/close'));
console.log(await ask(one, 'https://localhost:' + port + '/kept'));
console.log(await ask(one, 'https://127.0.0.1:' + port + '/kept'));
await one.close();
`;

const missing = certify();
test('TLS: the name is checked, and a connection begins with the session of the one before', {
  skip: missing,
}, async () => {
  const reused: boolean[] = [];
  const server = createServer(
    { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) },
    (request, response) => {
      const text: Buffer[] = [];
      request.on('data', (bytes) => text.push(bytes));
      request.on('end', () => {
        if (request.url === '/close') response.setHeader('connection', 'close');
        response.end(`${request.headers['x-a']} ${Buffer.concat(text)}`);
      });
    },
  );
  server.on('secureConnection', (socket) => reused.push(socket.isSessionReused()));
  await new Promise<void>((ready) => server.listen(0, 'localhost', ready));
  after(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', CLIENT, '--', String(port)], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (bytes) => {
    printed += bytes;
  });
  assert.equal(await new Promise((ended) => child.once('close', ended)), 0);
  assert.deepEqual(printed.trim().split('\n'), ['200 b ünicode', '200 b ünicode', '200 b ünicode', 'refused']);
  assert.deepEqual(reused, [false, true]);
});
