#!/usr/bin/env bash
# Portkey's gateway turns a fault in the middle of a Gemini stream into an empty chunk, and a spoilt call into "stop".
#
# @portkey-ai/gateway 1.15.2 in front of a stand-in for Gemini, seen 2026-11-29. Over chat completions with `stream: true`
#   `data: {"error": {"code": 503, …}}` after half an answer -> a chunk with `choices: []`, no error, the stream ends
#   finishReason MALFORMED_FUNCTION_CALL                      -> finish_reason "stop"
#   two functionCalls, finishReason STOP                      -> tool_calls with finish_reason "stop"
# and no `data: [DONE]` at the end of any of them, as there is none in Gemini's streams.
#
# A gateway behind such a peer should take a stream without any finish for broken, not wait for [DONE], and believe the calls
# rather than the word "stop".
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @portkey-ai/gateway@1.15.2 >/dev/null 2>&1
cat >see.mjs <<'END'
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

const frame = (value) => `data: ${JSON.stringify(value)}\r\n\r\n`;
const parts = (content, finishReason) => frame({ candidates: [{ content: { role: 'model', parts: content }, index: 0, finishReason }] });
const streams = {
  'fault in mid-stream': parts([{ text: 'half' }]) + frame({ error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }),
  MALFORMED_FUNCTION_CALL: parts([{ text: 'half' }], 'MALFORMED_FUNCTION_CALL'),
  'two calls': parts([{ functionCall: { name: 'a', args: {} } }, { functionCall: { name: 'b', args: {} } }], 'STOP'),
};
let stream;
const listen = async (server) => {
  server.listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  return server.address().port;
};
const provider = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(stream);
});
const providerPort = await listen(provider);
const free = createServer();
const port = await listen(free);
await new Promise((closed) => free.close(closed));
const program = 'node_modules/@portkey-ai/gateway/build/start-server.js';
const gateway = spawn(process.execPath, [program, `--port=${port}`, '--headless'], {
  env: { ...process.env, NODE_ENV: 'production', TRUSTED_CUSTOM_HOSTS: '127.0.0.1' },
  stdio: 'ignore',
});
process.on('exit', () => gateway.kill());
for (let tries = 0; tries < 100; tries += 1) {
  if (await fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text(), () => false)) break;
  await wait(200);
}
for (const [name, sent] of Object.entries(streams)) {
  stream = sent;
  const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json', authorization: 'Bearer k',
      'x-portkey-provider': 'google', 'x-portkey-custom-host': `http://127.0.0.1:${providerPort}/v1`,
    },
    body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'x' }] }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await answer.text();
  const chunks = text.split('\n').filter((line) => line.startsWith('data: {')).map((line) => JSON.parse(line.slice(6)));
  const told = chunks.map(({ choices: [choice], error }) => {
    if (error) return 'an error';
    if (!choice) return 'no choice';
    return [choice.delta.content && 'text', choice.delta.tool_calls && 'calls', choice.finish_reason].filter(Boolean).join(' ');
  });
  console.log(`${name}: ${answer.status}, ${told.join(', ')}${text.includes('[DONE]') ? ', [DONE]' : ''}`);
}
process.exit();
END
expected='fault in mid-stream: 200, text, no choice
MALFORMED_FUNCTION_CALL: 200, text stop
two calls: 200, calls stop'
seen=$(timeout 90 node see.mjs)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
