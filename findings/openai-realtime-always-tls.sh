#!/usr/bin/env bash
# OpenAI's JavaScript library opens realtime sessions over TLS alone, whatever the scheme of its base URL.
#
# openai 7.59.0 (npm) with ws 8.23.0, seen 2026-11-29, with baseURL: 'http://127.0.0.1:…/v1' for the client:
#   client.models.list()                          reaches a plain HTTP server there
#   new OpenAIRealtimeWS({ model }, client)       its url is wss://127.0.0.1:…/v1/realtime?model=m
# and the session ends with an error before it began, since nobody speaks TLS at that address.
#
# A gateway or a local server without TLS is reached by every call of the library but this one. The option
# createConnection, which opens the socket below, is the way around it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts openai@7.59.0 ws@8.23.0 >/dev/null
cat >see.mjs <<'JS'
import { createServer } from 'node:http';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';

const server = createServer((_, response) => response.setHeader('content-type', 'application/json').end('{"object":"list","data":[]}'));
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const client = new OpenAI({ apiKey: 'k', baseURL: `http://127.0.0.1:${server.address().port}/v1`, maxRetries: 0 });
console.log('models.list', (await client.models.list()).data.length);
const session = new OpenAIRealtimeWS({ model: 'm' }, client);
console.log('realtime', session.url.protocol, session.url.pathname);
await new Promise((ended) => session.on('error', (error) => {
  console.log('error', /wrong version number|EPROTO/.test(String(error.message) + String(error.cause?.message)) ? 'no TLS there' : String(error.message));
  ended();
}));
process.exit(0);
JS
expected='models.list 0
realtime wss: /v1/realtime
error no TLS there'
seen=$(timeout 60 node see.mjs 2>&1) || true
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
