#!/usr/bin/env bash
# Claude Code asks again after a plain 400, six times, each time with fewer of its betas, whatever `x-should-retry` says.
#
# @anthropic-ai/claude-code 2.1.332, `claude -p`, seen 2026-11-29. A 400 (invalid_request_error with a reason that names no
# header or field) is answered by the same call again, while the `anthropic-beta` header loses one name and then another:
# it guesses that a gateway did not know one. `x-should-retry: false`, which Anthropic's SDKs obey, does not stop it. A 402 or
# 403 is asked once. So one faulty prompt is six requests on the bill of limits, and features are missing in the last ones.
#
# A gateway should count such a series as what it is, pass unknown betas over instead of refusing them, and not use a plain
# 400 for what has a better status.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @anthropic-ai/claude-code@2.1.332 >/dev/null
cat >see.mjs <<'END'
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';

const refusals = [[400, 'invalid_request_error', {}], [400, 'invalid_request_error', { 'x-should-retry': 'false' }], [402, 'billing_error', {}], [403, 'permission_error', {}]];
const lines = refusals.map(async ([status, type, headers], at) => {
  const betas = [];
  const server = createServer((request, response) => {
    request.resume();
    if (request.method !== 'POST') return response.writeHead(404).end();
    betas.push(request.headers['anthropic-beta'].split(',').length);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ type: 'error', error: { type, message: 'no such thing' } }));
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
    stdio: 'ignore',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  await new Promise((resolve) => claude.once('exit', resolve));
  server.closeAllConnections();
  server.close();
  const fewer = betas[0] - betas.at(-1);
  return `${status} ${JSON.stringify(headers)}: ${betas.length} requests, the last with ${fewer} betas fewer`;
});
console.log((await Promise.all(lines)).join('\n'));
END
expected='400 {}: 6 requests, the last with 2 betas fewer
400 {"x-should-retry":"false"}: 6 requests, the last with 2 betas fewer
402 {}: 1 requests, the last with 0 betas fewer
403 {}: 1 requests, the last with 0 betas fewer'
seen=$(timeout 100 node see.mjs)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
