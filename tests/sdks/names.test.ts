/** Programs name models as their vendors do, or as the operator of the gateway calls them. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';
import { API_KEY, startGateway } from '../gateway-process.ts';
import { READERS } from './readers.ts';
import { ANSWER, startVendors, type Vendor } from './vendors.ts';

const vendors = await startVendors();
const gateway = await startGateway({
  environment: {
    OPENAI_BASE_URL: `${vendors.origin}/openai/v1`,
    ANTHROPIC_BASE_URL: `${vendors.origin}/anthropic/v1`,
    GOOGLE_AI_STUDIO_BASE_URL: `${vendors.origin}/google/v1beta`,
  },
  catalogue: { 'models/anthropic/claude-haiku-4.5.toml': 'aliases = ["house-model"]\n' },
});
after(async () => {
  await gateway.stop();
  vendors.close();
});

const NAMES: { readonly [name: string]: Vendor } = {
  'openai/gpt-4.1-mini': 'openai',
  'gpt-4.1-mini': 'openai',
  'gpt-4.1-mini:floor': 'openai',
  'anthropic/claude-sonnet-4.5': 'anthropic',
  'claude-sonnet-4.5': 'anthropic',
  'claude-sonnet-4-5': 'anthropic',
  'claude-sonnet-4-5-20250929': 'anthropic',
  'house-model': 'anthropic',
  'gemini-2.5-flash': 'google',
};
const CLIENTS = ['openai', '@anthropic-ai/sdk', '@google/genai', '@openrouter/sdk'] as const;

for (const client of CLIENTS)
  test(`bare names, dated ones and an operator's alias, by ${client}`, async () => {
    const read = READERS[client]?.(gateway);
    assert(read);
    for (const [name, vendor] of Object.entries(NAMES)) {
      vendors.asked.length = 0;
      assert.equal((await read(name, false)).text, ANSWER, name);
      assert.deepEqual(
        vendors.asked.map((asked) => asked.vendor),
        [vendor],
        name,
      );
    }
  });

test('a name nobody knows is the caller’s error, in the words of each client', async () => {
  const unknown = /no-such-model/;
  const openai = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
  const anthropic = new Anthropic({
    baseURL: `${gateway.origin}/api`,
    authToken: API_KEY,
    apiKey: null,
    maxRetries: 0,
  });
  const google = new GoogleGenAI({ apiKey: API_KEY, httpOptions: { baseUrl: `${gateway.origin}/api` } });
  const messages = [{ role: 'user', content: 'Hello' }] as const;
  const model = 'no-such-model';
  await assert.rejects(openai.chat.completions.create({ model, messages: [...messages] }), unknown);
  await assert.rejects(openai.responses.create({ model, input: 'Hello' }), unknown);
  await assert.rejects(anthropic.messages.create({ model, max_tokens: 100, messages: [...messages] }), unknown);
  await assert.rejects(google.models.generateContent({ model, contents: 'Hello' }), unknown);
});
