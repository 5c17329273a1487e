#!/usr/bin/env bash
# Codex decides by single words in the body how often a refused call is asked again: once, 5, 6 or 30 times.
#
# @openai/codex 0.171.0, `codex exec` with `wire_api = "responses"`, seen 2026-11-29:
#   402 (no credit), 413 (too large)            -> 6 requests, though neither can pass by asking again
#   503                                         -> 30 requests: two loops of retries, one inside the other
#   503 with error.code "server_is_overloaded"  -> 5
#   429, whatever its code; 400                 -> 1
#
# A gateway should give its own refusals the words that Codex hears, and refuse what only the operator or a payment can
# mend with a status that is not asked again.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund @openai/codex@0.171.0 >/dev/null
cat >see.mjs <<'END'
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';

const refusals = [[400], [402], [413], [429], [429, 'insufficient_quota'], [503], [503, 'server_is_overloaded']];
const lines = refusals.map(async ([status, code], at) => {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === 'POST' && request.url === '/v1/responses') requests += 1;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: 'the reason', ...(code && { code }) } }));
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
    timeout: 100_000,
    killSignal: 'SIGKILL',
  });
  const exit = await new Promise((resolve) => codex.once('exit', resolve));
  server.closeAllConnections();
  server.close();
  return `${status}${code ? ` ${code}` : ''}: ${requests} requests, exit ${exit}`;
});
console.log((await Promise.all(lines)).join('\n'));
END
expected='400: 1 requests, exit 1
402: 6 requests, exit 1
413: 6 requests, exit 1
429: 1 requests, exit 1
429 insufficient_quota: 1 requests, exit 1
503: 30 requests, exit 1
503 server_is_overloaded: 5 requests, exit 1'
seen=$(timeout 150 node see.mjs)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
