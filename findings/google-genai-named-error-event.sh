#!/usr/bin/env bash
# Google's SDK for JavaScript ends a stream cleanly after an SSE event that is *named* error.
#
# @google/genai 3.3.0 (Node 20), seen 2026-11-29. After half an answer a server has four ways to say that it broke:
#   an unnamed event `data: {"error": …}`              -> ApiError with the status
#   a bare JSON body as a read of its own              -> ApiError with the status
#   the bare JSON body in the same read as an event    -> an Error without any status ("Incomplete JSON segment …")
#   `event: error` + `data: {"error": …}`              -> nothing: the loop ends as after a whole answer
# How TCP cuts the reads decides between the second and the third.
#
# A gateway that speaks Gemini's format should send the fault as an unnamed `data:` event, written at once.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @google/genai@3.3.0 >/dev/null
cat >see.mjs <<'END'
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { GoogleGenAI } from '@google/genai';

const half = `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts: [{ text: 'half' }] }, index: 0 }] })}\n\n`;
const fault = JSON.stringify({ error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } });
const ways = {
  'unnamed event': [half, `data: ${fault}\n\n`],
  'bare body, own read': [half, fault],
  'bare body, same read': [half + fault],
  'event named error': [half, `event: error\ndata: ${fault}\n\n`],
};
for (const [way, writes] of Object.entries(ways)) {
  const server = createServer(async (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const text of writes) {
      response.write(text);
      await wait(300);
    }
    response.end();
  }).listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const google = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: `http://127.0.0.1:${server.address().port}` } });
  let text = '';
  let end = 'clean end';
  try {
    for await (const chunk of await google.models.generateContentStream({ model: 'm', contents: 'hi' })) text += chunk.text ?? '';
  } catch (error) {
    end = `${error.name}, status ${error.status}`;
  }
  console.log(`${way}: ${text}, then ${end}`);
  server.closeAllConnections();
  server.close();
}
END
expected='unnamed event: half, then ApiError, status 503
bare body, own read: half, then ApiError, status 503
bare body, same read: half, then Error, status undefined
event named error: half, then clean end'
seen=$(timeout 60 node see.mjs)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
