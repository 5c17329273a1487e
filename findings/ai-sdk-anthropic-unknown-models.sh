#!/usr/bin/env bash
# The AI SDK's Anthropic provider asks for different things by the *name* of the model, silently.
#
# @ai-sdk/anthropic 4.0.105 with ai 7.0.173, seen 2026-11-29. The same call for structured output, no limit of tokens given:
#   claude-sonnet-4-5            -> output_config.format, max_tokens 64000
#   anthropic/claude-sonnet-4.5  -> output_config.format, max_tokens 128000 (a name with "claude" that it does not know;
#                                   twice what this model can write)
#   any other name               -> no output_config: a tool named "json" that must be called, and max_tokens 4096
# So with a gateway's names for models a long answer ends at 4096 tokens, and a model asked for a schema gets a forced tool.
#
# A gateway that speaks Messages should lower max_tokens to what the model can write instead of refusing it, and carry a
# forced tool to hosts that take schemas only.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts @ai-sdk/anthropic@4.0.105 ai@7.0.173 zod@4.6.7 >/dev/null
cat >see.mjs <<'END'
import { createServer } from 'node:http';
import { createAnthropic } from '@ai-sdk/anthropic';
import { generateText, Output } from 'ai';
import { z } from 'zod';

globalThis.AI_SDK_LOG_WARNINGS = false;
let asked;
const server = createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  asked = JSON.parse(body);
  const content = asked.tools
    ? [{ type: 'tool_use', id: 'toolu_1', name: asked.tools[0].name, input: { a: 1 } }]
    : [{ type: 'text', text: '{"a":1}' }];
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      id: 'msg_1', type: 'message', role: 'assistant', model: asked.model, content,
      stop_reason: asked.tools ? 'tool_use' : 'end_turn', stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 },
    }),
  );
}).listen(0, '127.0.0.1');
await new Promise((ready) => server.once('listening', ready));
const anthropic = createAnthropic({ apiKey: 'k', baseURL: `http://127.0.0.1:${server.address().port}/v1` });
for (const model of ['claude-sonnet-4-5', 'anthropic/claude-sonnet-4.5', 'vendor/other-model']) {
  const output = Output.object({ schema: z.object({ a: z.number() }) });
  await generateText({ model: anthropic(model), prompt: 'x', maxRetries: 0, output });
  const how = asked.output_config ? 'output_config' : `tool ${asked.tools[0].name}, tool_choice ${asked.tool_choice.type}`;
  console.log(`${model}: ${how}, max_tokens ${asked.max_tokens}`);
}
process.exit();
END
expected='claude-sonnet-4-5: output_config, max_tokens 64000
anthropic/claude-sonnet-4.5: output_config, max_tokens 128000
vendor/other-model: tool json, tool_choice any, max_tokens 4096'
seen=$(timeout 60 node see.mjs)
printf '%s\n' "$seen"
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected"
  exit 1
fi
