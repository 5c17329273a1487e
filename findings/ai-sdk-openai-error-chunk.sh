#!/usr/bin/env bash
# The AI SDK's OpenAI provider does not see an error in a chunk that also has `choices`.
#
# @ai-sdk/openai 4.0.118 and @ai-sdk/openai-compatible 3.0.92 with ai 7.0.173, openai 7.57.0; seen 2026-11-29.
# OpenRouter documents a fault in mid-stream as one chunk with both `error` and `choices[0].finish_reason: "error"`.
#   openai                     -> throws
#   @ai-sdk/openai-compatible  -> an error part
#   @ai-sdk/openai (chat)      -> no error at all: it finishes with the reason "other"
# With `choices: []` beside the error it finishes with "interrupted" and loses the message. A chunk with nothing but
# `error` is an error for all three.
#
# A gateway should send two frames: the chunk that closes the choice, then one with `error` alone.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @ai-sdk/openai@4.0.118 @ai-sdk/openai-compatible@3.0.92 ai@7.0.173 openai@7.57.0 zod@4.6.7 >/dev/null
cat >see.mjs <<'END'
import { createServer } from 'node:http';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText } from 'ai';
import OpenAI from 'openai';

const frame = (value) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
const chunk = (fields) => frame({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', ...fields });
const half = chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: 'half' }, finish_reason: null }] });
const error = { code: 502, message: 'told here' };
const ways = {
  'error beside a choice': chunk({ error, choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }] }),
  'error beside no choice': chunk({ error, choices: [] }),
  'error alone': frame({ error }),
};
let body;
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(body);
}).listen(0, '127.0.0.1');
await new Promise((ready) => server.once('listening', ready));
const baseURL = `http://127.0.0.1:${server.address().port}/v1`;
const sdk = new OpenAI({ apiKey: 'k', baseURL, maxRetries: 0 });
const models = {
  '@ai-sdk/openai': createOpenAI({ apiKey: 'k', baseURL }).chat('m'),
  '@ai-sdk/openai-compatible': createOpenAICompatible({ name: 'x', apiKey: 'k', baseURL })('m'),
};
for (const [way, fault] of Object.entries(ways)) {
  body = half + fault + frame('[DONE]');
  try {
    for await (const _ of await sdk.chat.completions.create({ model: 'm', stream: true, messages: [{ role: 'user', content: 'x' }] }));
    console.log(`${way}: openai: no error`);
  } catch (thrown) {
    console.log(`${way}: openai: ${thrown.message}`);
  }
  for (const [name, model] of Object.entries(models)) {
    let message = 'no error';
    let finish;
    for await (const part of streamText({ model, prompt: 'x', maxRetries: 0, onError() {} }).fullStream) {
      if (part.type === 'error') message = part.error?.message ?? String(part.error);
      if (part.type === 'finish') finish = part.finishReason;
    }
    console.log(`${way}: ${name}: ${message}, finish ${finish}`);
  }
}
process.exit();
END
expected='error beside a choice: openai: told here
error beside a choice: @ai-sdk/openai: no error, finish other
error beside a choice: @ai-sdk/openai-compatible: told here, finish error
error beside no choice: openai: told here
error beside no choice: @ai-sdk/openai: no error, finish interrupted
error beside no choice: @ai-sdk/openai-compatible: told here, finish error
error alone: openai: told here
error alone: @ai-sdk/openai: told here, finish error
error alone: @ai-sdk/openai-compatible: told here, finish error'
seen=$(timeout 60 node see.mjs)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
