#!/usr/bin/env bash
# Claude Code answers a fault in mid-stream by the same call once more, not streamed, and tells nobody.
#
# @anthropic-ai/claude-code 2.1.332, `claude -p`, seen 2026-11-29. After half an answer
#   an `error` event (overloaded_error)  -> the call again with `stream` off; its answer is printed, exit 0
#   an end without message_stop          -> the call again streamed, then again with `stream` off; exit 0
# The half that was paid for is thrown away. A gateway that holds whole answers to shorter deadlines than streams fails the
# last try as well.
#
# A gateway should take unstreamed Messages calls with max_tokens of any size and the deadlines of a stream, and end every
# broken stream by an `error` event (two requests) rather than by silence (three).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @anthropic-ai/claude-code@2.1.332 >/dev/null
cat >see.mjs <<'END'
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';

const event = (value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-opus-4-8', content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } };
const half = [
  { type: 'message_start', message },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'half' } },
].map(event).join('');
const whole = { ...message, content: [{ type: 'text', text: 'whole' }], stop_reason: 'end_turn' };
const ends = { 'an error event': event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }), 'no message_stop': '' };
const lines = Object.entries(ends).map(async ([name, end], at) => {
  const asked = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    if (request.method !== 'POST') return response.writeHead(404).end();
    const { stream } = JSON.parse(body);
    asked.push(stream ? 'streamed' : 'whole');
    response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
    response.end(stream ? half + end : JSON.stringify(whole));
  }).listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const home = `${process.cwd()}/home${at}`;
  mkdirSync(home);
  const wrapper = `${process.cwd()}/node_modules/@anthropic-ai/claude-code/cli-wrapper.cjs`;
  const claude = spawn(process.execPath, [wrapper, '-p', 'hello', '--model', 'claude-opus-4-8'], {
    cwd: home,
    env: {
      PATH: process.env.PATH, HOME: home, CLAUDE_CONFIG_DIR: home, ANTHROPIC_API_KEY: 'k', DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', ANTHROPIC_BASE_URL: `http://127.0.0.1:${server.address().port}`,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  let printed = '';
  claude.stdout.on('data', (text) => (printed += text));
  const exit = await new Promise((resolve) => claude.once('close', resolve));
  server.closeAllConnections();
  server.close();
  return `${name}: asked ${asked.join(', ')}; printed ${printed.trim()}, exit ${exit}`;
});
console.log((await Promise.all(lines)).join('\n'));
END
expected='an error event: asked streamed, whole; printed whole, exit 0
no message_stop: asked streamed, streamed, whole; printed whole, exit 0'
seen=$(timeout 100 node see.mjs)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
