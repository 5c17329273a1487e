#!/usr/bin/env bash
# SDKs disagree about an event of a stream whose closing blank line never came: some deliver it, some drop it unsaid.
#
# openai 7.57.0 and @openrouter/sdk 1.3.19 for JavaScript, openai 3.57.0 for Python; seen 2026-11-29. The last chunk of an answer
# is written whole, but the stream ends after its line. The HTML standard discards such an event. OpenAI's SDK for JavaScript
# delivers it; OpenAI's SDK for Python and OpenRouter's SDK drop it, and none of them says that anything was missing: the last
# words and the finish reason are gone, or there, by the language of the client.
#
# A gateway should end each event by its blank line in the same write, and take a stream without an end mark for broken.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts openai@7.57.0 @openrouter/sdk@1.3.19 >/dev/null
python3 -m venv venv
venv/bin/pip install --quiet --no-compile --disable-pip-version-check openai==3.57.0
cat >see.py <<'END'
import sys
from openai import OpenAI

text = ""
talk = [{"role": "user", "content": "x"}]
for chunk in OpenAI(api_key="k", base_url=sys.argv[1], max_retries=0).chat.completions.create(model="m", stream=True, messages=talk):
    text += chunk.choices[0].delta.content or ""
print(text)
END
cat >see.mjs <<'END'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { OpenRouter } from '@openrouter/sdk';
import OpenAI from 'openai';

const chunk = (content, finish_reason) => {
  const choice = { index: 0, delta: { role: 'assistant', content }, finish_reason };
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [choice] })}\n`;
};
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(`${chunk('first ', null)}\n${chunk('last', 'stop')}`);
}).listen(0, '127.0.0.1');
await new Promise((ready) => server.once('listening', ready));
const url = `http://127.0.0.1:${server.address().port}/v1`;
const messages = [{ role: 'user', content: 'x' }];
const read = async (stream) => {
  let text = '';
  for await (const piece of stream) text += piece.choices[0]?.delta?.content ?? '';
  return text.trim();
};
const openai = new OpenAI({ apiKey: 'k', baseURL: url, maxRetries: 0 });
const openrouter = new OpenRouter({ apiKey: 'k', serverURL: url, retryConfig: { strategy: 'none' } });
console.log(`openai, JavaScript: ${await read(await openai.chat.completions.create({ model: 'm', stream: true, messages }))}`);
console.log(`openai, Python: ${(await promisify(execFile)('venv/bin/python', ['see.py', url])).stdout.trim()}`);
console.log(`openrouter, JavaScript: ${await read(await openrouter.chat.send({ chatRequest: { model: 'm', stream: true, messages } }))}`);
process.exit();
END
expected='openai, JavaScript: first last
openai, Python: first
openrouter, JavaScript: first'
seen=$(timeout 60 node see.mjs)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
