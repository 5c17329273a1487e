#!/usr/bin/env bash
# Codex passes over the Responses API's own `error` event and asks again; only some codes of `response.failed` stop it.
#
# @openai/codex 0.171.0, `codex exec` with `wire_api = "responses"`, seen 2026-11-29. After response.created a stream ends in
#   `error` with code insufficient_quota                    -> unheard: "stream disconnected", 6 requests
#   `response.failed` with error.code insufficient_quota    -> 1 request, the reason is told
#   … context_length_exceeded, server_is_overloaded         -> 1 request
#   … server_error                                          -> 6 requests
#
# A gateway should end a broken stream of the Responses API by `response.failed` with one of those words, not by `error` alone.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @openai/codex@0.171.0 >/dev/null
cat >see.mjs <<'END'
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';

const response = { id: 'resp_1', object: 'response', status: 'in_progress', output: [] };
const failed = (code) => ({ type: 'response.failed', response: { ...response, status: 'failed', error: { code, message: 'the reason' } } });
const ends = {
  'error insufficient_quota': { type: 'error', code: 'insufficient_quota', message: 'the reason', param: null },
  'response.failed insufficient_quota': failed('insufficient_quota'),
  'response.failed context_length_exceeded': failed('context_length_exceeded'),
  'response.failed server_is_overloaded': failed('server_is_overloaded'),
  'response.failed server_error': failed('server_error'),
};
const lines = Object.entries(ends).map(async ([name, end], at) => {
  let requests = 0;
  const server = createServer((request, reply) => {
    request.resume();
    if (request.method !== 'POST') return reply.writeHead(404).end();
    requests += 1;
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    const events = [{ type: 'response.created', response }, end];
    reply.end(events.map((event, number) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: number })}\n\n`).join(''));
  }).listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const home = `${process.cwd()}/home${at}`;
  mkdirSync(home);
  const here = `{name="here",base_url="http://127.0.0.1:${server.address().port}/v1",wire_api="responses",env_key="HERE_KEY"}`;
  const options = ['-c', 'model_provider="here"', '-c', `model_providers.here=${here}`, '-m', 'gpt-5'];
  const codex = spawn(`${process.cwd()}/node_modules/.bin/codex`, ['exec', '--skip-git-repo-check', ...options, 'hello'], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, CODEX_HOME: home, HERE_KEY: 'k' },
    stdio: 'ignore',
    timeout: 80_000,
    killSignal: 'SIGKILL',
  });
  const exit = await new Promise((resolve) => codex.once('exit', resolve));
  server.closeAllConnections();
  server.close();
  return `${name}: ${requests} requests, exit ${exit}`;
});
console.log((await Promise.all(lines)).join('\n'));
END
expected='error insufficient_quota: 6 requests, exit 1
response.failed insufficient_quota: 1 requests, exit 1
response.failed context_length_exceeded: 1 requests, exit 1
response.failed server_is_overloaded: 1 requests, exit 1
response.failed server_error: 6 requests, exit 1'
seen=$(timeout 120 node see.mjs)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
