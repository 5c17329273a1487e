import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { streamText } from 'ai';
import { API_KEY } from '../gateway-process.ts';
import { aiSdkProofs } from './ai-sdk-proofs.ts';
import { gatewayForClients, proveClient } from './prove.ts';

const gateway = await gatewayForClients();
/** It leaves out `models/` where the id has a slash. */
const google = createGoogleGenerativeAI({ baseURL: `${gateway.origin}/v1beta`, apiKey: API_KEY });

const thinking = { google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } } };
proveClient(
  'ai with @ai-sdk/google',
  aiSdkProofs((id) => google(id), { thinking }),
);

test('an answer that breaks off is no clean end', async () => {
  const seen: string[] = [];
  const stream = streamText({ model: google('sandbox/cut-stream'), prompt: 'Hi', maxRetries: 0, onError: () => {} });
  for await (const part of stream.fullStream) if (part.type === 'error' || part.type === 'finish') seen.push(part.type);
  assert.equal(seen[0], 'error');
});
