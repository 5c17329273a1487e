#!/usr/bin/env bash
# Google's own client begins no video with an API key, and goes on asking for one.
#
# @google/genai 3.3.0, seen 2026-11-29, against an answering server of our own:
#   models.generateVideos({ model, source: { prompt } })   with apiKey: throws before anything is sent
#   operations.getVideosOperation({ operation })           with apiKey: GET /v1/models/…/operations/…
#   models.generateVideos(…)                               with vertexai: true and apiKey: POST …:predictLongRunning
# The Gemini API itself documents models/…:predictLongRunning for API keys.
#
# A gateway that serves Google's words for videos must take them at the paths of Vertex AI too, and cannot expect that a
# program which polls an operation was able to begin it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @google/genai@3.3.0 >/dev/null
cat >see.mjs <<'JS'
import { createServer } from 'node:http';
import { GenerateVideosOperation, GoogleGenAI } from '@google/genai';

const asked = [];
const server = createServer((request, response) => {
  asked.push(`${request.method} ${request.url.replace(/^.*\/models\//, '…/models/').replace(/\?.*/, '')}`);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ name: 'models/veo/operations/1', done: false }));
}).listen(0, '127.0.0.1');
await new Promise((ready) => server.once('listening', ready));
const httpOptions = { baseUrl: `http://127.0.0.1:${server.address().port}` };
const operation = Object.assign(new GenerateVideosOperation(), { name: 'models/veo/operations/1' });
const see = async (what, act) => {
  const before = asked.length;
  const error = await act().then(() => null, (cause) => cause);
  console.log(`${what}: ${asked.slice(before).join(', ') || 'nothing sent'}${error ? `, ${error.message.slice(0, 30)}` : ''}`);
};
const wish = { model: 'veo-3.1-generate-preview', source: { prompt: 'x' } };
const plain = new GoogleGenAI({ apiKey: 'k', httpOptions });
await see('key, begin', () => plain.models.generateVideos(wish));
await see('key, ask', () => plain.operations.getVideosOperation({ operation }));
const vertex = new GoogleGenAI({ vertexai: true, apiKey: 'k', httpOptions });
await see('vertexai, begin', () => vertex.models.generateVideos(wish));
process.exit();
JS
expected='key, begin: nothing sent, This method is only supported 
key, ask: GET …/models/veo/operations/1
vertexai, begin: POST …/models/veo-3.1-generate-preview:predictLongRunning'
seen=$(timeout 60 node see.mjs 2>/dev/null)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
