#!/usr/bin/env bash
# Gemini CLI takes an error inside a stream for its end, prints the same beginning once a try, and exits with 0.
#
# @google/gemini-cli 0.61.0, `gemini -p` with an API key, seen 2026-11-29. After half an answer
#   `data: {"error": …}` (Google's own form)   -> 4 requests, the half printed 4 times in a row on stdout, exit 0
#   the error as a bare JSON body              -> 4 requests, the half printed 4 times, exit 1
# A script that pipes its output gets a text that nobody wrote, and success. The status in the event is not looked at:
# a 400 is asked again like a 503.
#
# A gateway cannot mend the repetition, but should retry elsewhere before the first content, and end by the form that this
# client's exit code hears.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts --omit=optional @google/gemini-cli@0.61.0 >/dev/null
cat >see.mjs <<'END'
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

const part = (text, finishReason) => {
  const candidate = { content: { role: 'model', parts: [{ text }] }, index: 0, finishReason };
  return `data: ${JSON.stringify({ candidates: [candidate], modelVersion: 'm' })}\r\n\r\n`;
};
const fault = (code, status) => JSON.stringify({ error: { code, message: 'the reason', status } });
const ends = {
  'no fault': part('end', 'STOP'),
  'data event, 503': `data: ${fault(503, 'UNAVAILABLE')}\r\n\r\n`,
  'data event, 400': `data: ${fault(400, 'INVALID_ARGUMENT')}\r\n\r\n`,
  'bare body, 503': fault(503, 'UNAVAILABLE'),
};
const lines = Object.entries(ends).map(async ([name, end], at) => {
  let requests = 0;
  const server = createServer(async (request, response) => {
    request.resume();
    if (!request.url.includes(':streamGenerateContent')) return response.writeHead(404).end('{}');
    requests += 1;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(part('half '));
    await wait(500);
    response.end(end);
  }).listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const home = `${process.cwd()}/home${at}`;
  mkdirSync(`${home}/.gemini`, { recursive: true });
  writeFileSync(`${home}/.gemini/settings.json`, '{"security":{"auth":{"selectedType":"gemini-api-key"}}}');
  const program = `${process.cwd()}/node_modules/@google/gemini-cli/bundle/gemini.js`;
  const gemini = spawn(process.execPath, [program, '-p', 'hello', '-m', 'gemini-2.5-flash'], {
    cwd: home,
    env: {
      PATH: process.env.PATH, HOME: home, GEMINI_API_KEY: 'k', GEMINI_CLI_TRUST_WORKSPACE: 'true',
      GOOGLE_GEMINI_BASE_URL: `http://127.0.0.1:${server.address().port}`,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 100_000,
    killSignal: 'SIGKILL',
  });
  let printed = '';
  gemini.stdout.on('data', (text) => (printed += text));
  const exit = await new Promise((resolve) => gemini.once('close', resolve));
  server.closeAllConnections();
  server.close();
  return `${name}: ${requests} requests, printed "${printed.trim()}", exit ${exit}`;
});
console.log((await Promise.all(lines)).join('\n'));
END
expected='no fault: 1 requests, printed "half end", exit 0
data event, 503: 4 requests, printed "half half half half", exit 0
data event, 400: 4 requests, printed "half half half half", exit 0
bare body, 503: 4 requests, printed "half half half half", exit 1'
seen=$(timeout 150 node see.mjs)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
