import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { API_KEY } from '../gateway-process.ts';
import { aiSdkProofs } from './ai-sdk-proofs.ts';
import { gatewayForClients, proveClient } from './prove.ts';

const gateway = await gatewayForClients();
const provider = createOpenAICompatible({
  name: 'switchwright',
  baseURL: gateway.base,
  apiKey: API_KEY,
  includeUsage: true,
  supportsStructuredOutputs: true,
});

const { 'reasoning replay': replay, ...proofs } = aiSdkProofs((id) => provider(id));
proveClient('ai with @ai-sdk/openai-compatible', {
  ...proofs,
  'reasoning replay': {
    cannot: 'sends back the text of reasoning as reasoning_content, without the signature that vendors want',
    over: ['cohere-chat', 'ollama'],
    proof: replay,
  },
});
