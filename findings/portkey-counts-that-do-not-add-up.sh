#!/usr/bin/env bash
# Portkey's gateway hands on counts of tokens under OpenAI's names with the meanings of each provider.
#
# @portkey-ai/gateway 1.15.2 in front of stand-ins, seen 2026-11-29. OpenAI's convention: cached_tokens are part of
# prompt_tokens, reasoning_tokens are part of completion_tokens, and the two sum up to total_tokens. Through this peer
#   Gemini, 10 in, 5 thought, 1 out               -> prompt 10, completion 1, reasoning 5, total 16
#   Anthropic, 7 in, 100 read and 50 written in the cache, 3 out -> prompt 7, cached 100, completion 3, total 160
# Whoever bills by prompt and completion pays neither thoughts nor caches; whoever subtracts cached from prompt gets -93.
#
# A gateway should convert each vendor's convention once, and check a peer's sums before it believes them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @portkey-ai/gateway@1.15.2 >/dev/null 2>&1
cat >see.mjs <<'END'
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

const answers = {
  google: {
    candidates: [{ content: { role: 'model', parts: [{ text: 'answer' }] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 1, thoughtsTokenCount: 5, totalTokenCount: 16 },
  },
  anthropic: {
    id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [{ type: 'text', text: 'answer' }],
    stop_reason: 'end_turn', stop_sequence: null,
    usage: { input_tokens: 7, output_tokens: 3, cache_read_input_tokens: 100, cache_creation_input_tokens: 50 },
  },
};
let answered;
const listen = async (server) => {
  server.listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  return server.address().port;
};
const provider = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(answered));
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
for (const [name, answer] of Object.entries(answers)) {
  answered = answer;
  const reply = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json', authorization: 'Bearer k',
      'x-portkey-provider': name, 'x-portkey-custom-host': `http://127.0.0.1:${providerPort}/v1`,
    },
    body: JSON.stringify({ model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'x' }] }),
    signal: AbortSignal.timeout(20_000),
  });
  const { usage } = await reply.json();
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? 0;
  console.log(`${name}: prompt ${usage.prompt_tokens} (cached ${cached}), completion ${usage.completion_tokens} (reasoning ${reasoning}), total ${usage.total_tokens}`);
}
process.exit();
END
expected='google: prompt 10 (cached 0), completion 1 (reasoning 5), total 16
anthropic: prompt 7 (cached 100), completion 3 (reasoning 0), total 160'
seen=$(timeout 90 node see.mjs)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
