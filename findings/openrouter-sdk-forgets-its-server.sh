#!/usr/bin/env bash
# OpenRouter's own SDK sends alpha decisions to openrouter.ai, whatever server it was given, with the key of that server.
#
# @openrouter/sdk 1.3.19 (npm), seen 2026-11-29, with serverURL: 'http://gateway.test/api/v1' for the whole client:
#   client.systemOne.create(…)                           POST http://gateway.test/api/v1/systemone
#   client.alpha.decisions.create(…)                     POST https://openrouter.ai/api/alpha/decisions
#   client.alpha.decisions.create(…, { serverURL: … })   POST http://gateway.test/api/alpha/decisions
# The header authorization is the same in all three. The operation has a list of servers of its own, which wins over the
# client's; only the option of the single call wins over that.
#
# Whoever keeps a gateway for privacy or for one bill must name the server with each such call, or use systemOne.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @openrouter/sdk@1.3.19 >/dev/null
cat >see.mjs <<'JS'
import { OpenRouter } from '@openrouter/sdk';
import { HTTPClient } from '@openrouter/sdk/lib/http.js';

// Nothing is sent: each request is told, and answered here.
const fetcher = async (request) => {
  console.log(`${request.method} ${request.url} ${request.headers.get('authorization')}`);
  return Response.json({ model: 'm', answers: {}, usage: { input_tokens: 1, output_tokens: 0 } });
};
const serverURL = 'http://gateway.test/api/v1';
const client = new OpenRouter({ apiKey: 'k', serverURL, httpClient: new HTTPClient({ fetcher }) });
const decisionsRequest = { model: 'm', state: 's', questions: { q: { type: 'noul', instructions: 'i' } } };
await client.systemOne.create({ decisionsRequest });
await client.alpha.decisions.create({ decisionsRequest });
await client.alpha.decisions.create({ decisionsRequest }, { serverURL: 'http://gateway.test' });
JS
expected='POST http://gateway.test/api/v1/systemone Bearer k
POST https://openrouter.ai/api/alpha/decisions Bearer k
POST http://gateway.test/api/alpha/decisions Bearer k'
seen=$(timeout 60 node see.mjs 2>&1) || true
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
