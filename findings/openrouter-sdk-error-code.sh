#!/usr/bin/env bash
# OpenRouter's own SDK throws away a refusal whose `error.code` is a word, as all of OpenAI's are.
#
# @openrouter/sdk 1.3.19, seen 2026-11-29. With a number as `error.code` a 402 is a PaymentRequiredResponseError with its
# message. With a word ("insufficient_quota"), null or no code the same status is a ResponseValidationError whose message is
# "Response validation failed": programs that catch the typed error miss it, and people do not read why they were refused.
#
# A gateway that is asked by this SDK should send `error.code` as a number, and keep a provider's word beside it
# (in `error.metadata`).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @openrouter/sdk@1.3.19 >/dev/null
cat >see.mjs <<'END'
import { createServer } from 'node:http';
import { OpenRouter } from '@openrouter/sdk';

const refusals = [[402, 402], [402, 'insufficient_quota'], [402, null], [402, undefined], [429, 429], [429, 'rate_limit_exceeded']];
let answer;
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(answer[0], { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { code: answer[1], message: 'the reason' } }));
}).listen(0, '127.0.0.1');
await new Promise((ready) => server.once('listening', ready));
const serverURL = `http://127.0.0.1:${server.address().port}/api/v1`;
const client = new OpenRouter({ apiKey: 'k', serverURL, retryConfig: { strategy: 'none' } });
for (answer of refusals) {
  try {
    await client.chat.send({ chatRequest: { model: 'm', messages: [{ role: 'user', content: 'x' }] } });
  } catch (error) {
    console.log(`${answer[0]} with code ${JSON.stringify(answer[1])}: ${error.constructor.name}: ${error.message.split('\n')[0]}`);
  }
}
process.exit();
END
expected='402 with code 402: PaymentRequiredResponseError: the reason
402 with code "insufficient_quota": ResponseValidationError: Response validation failed
402 with code null: ResponseValidationError: Response validation failed
402 with code undefined: ResponseValidationError: Response validation failed
429 with code 429: TooManyRequestsResponseError: the reason
429 with code "rate_limit_exceeded": ResponseValidationError: Response validation failed'
seen=$(timeout 60 node see.mjs)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
