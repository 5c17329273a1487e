import type { Client } from './client.ts';
import { messagesClient } from './clients/anthropic-messages.ts';
import { generateClient } from './clients/gemini.ts';
import { ollamaClientOfMatrix } from './clients/ollama.ts';
import { chatClient } from './clients/openai-chat.ts';
import { completionsClient } from './clients/openai-completions.ts';
import { responsesClient } from './clients/openai-responses.ts';
import type { Upstream } from './upstream.ts';
import { invokeUpstream, messagesUpstream } from './upstreams/anthropic-messages.ts';
import { converseUpstream } from './upstreams/bedrock-converse.ts';
import { cohereUpstream } from './upstreams/cohere-chat.ts';
import { generateUpstream } from './upstreams/gemini.ts';
import { ollamaUpstreamOfMatrix } from './upstreams/ollama.ts';
import { chatUpstream, openaiUpstream } from './upstreams/openai-chat.ts';
import { responsesUpstream } from './upstreams/openai-responses.ts';

export const CLIENTS: readonly Client[] = [
  chatClient,
  completionsClient,
  responsesClient,
  messagesClient,
  generateClient,
  ollamaClientOfMatrix,
];

export const UPSTREAMS: readonly Upstream[] = [
  chatUpstream,
  responsesUpstream,
  messagesUpstream,
  invokeUpstream,
  generateUpstream,
  converseUpstream,
  cohereUpstream,
  ollamaUpstreamOfMatrix,
];

/** Who is asked: a speaker of a dialect that takes other calls than its namesake, but answers alike, is one of them. */
export const ASKED_UPSTREAMS: readonly Upstream[] = [openaiUpstream, ...UPSTREAMS];
