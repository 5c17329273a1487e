import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { generateText, streamText } from 'ai';
import { API_KEY } from '../gateway-process.ts';
import { aiSdkProofs } from './ai-sdk-proofs.ts';
import { gatewayForClients, proveClient } from './prove.ts';

const gateway = await gatewayForClients();
const anthropic = createAnthropic({ baseURL: gateway.base, apiKey: API_KEY });

const thinking = { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } };
// Of a model that it does not know it would force a tool.
const output = { anthropic: { structuredOutputMode: 'outputFormat' } };
proveClient(
  'ai with @ai-sdk/anthropic',
  aiSdkProofs((id) => anthropic(id), { thinking, output }),
);

test('thoughts that nobody asked for are not in the answer', async () => {
  const model = anthropic('over-gemini/reasoner');
  const { text, reasoningText } = await generateText({ model, prompt: 'What is six times seven?' });
  assert.notEqual(text, '');
  assert.equal(reasoningText, undefined);
});

test('an answer that breaks off is no clean end', async () => {
  const seen: string[] = [];
  const model = anthropic('sandbox/cut-stream');
  const stream = streamText({ model, prompt: 'Hi', maxRetries: 0, onError: () => {} });
  for await (const part of stream.fullStream) if (part.type === 'error' || part.type === 'finish') seen.push(part.type);
  assert.equal(seen[0], 'error');
});
