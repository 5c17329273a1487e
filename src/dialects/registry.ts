import { assert } from '../base/assert.ts';
import {
  anthropicMessagesClient,
  anthropicMessagesUpstream,
  bedrockInvokeAnthropic,
} from './anthropic-messages/index.ts';
import { bedrockConverseUpstream } from './bedrock-converse/index.ts';
import { bedrockEmbeddingsUpstream } from './bedrock-embeddings/index.ts';
import { cohereChatUpstream } from './cohere-chat/index.ts';
import { cohereEmbeddingsUpstream } from './cohere-embeddings/index.ts';
import type { ClientDialect, Dialects, EmbeddingDialect, UpstreamDialect } from './dialect.ts';
import { geminiClient, geminiUpstream } from './gemini/index.ts';
import { geminiEmbeddingsUpstream } from './gemini-embeddings/index.ts';
import { ollamaUpstream } from './ollama/index.ts';
import { openaiChatClient, openaiChatUpstream } from './openai-chat/index.ts';
import { openaiCompletionsClient, openaiCompletionsUpstream } from './openai-completions/index.ts';
import { openaiEmbeddingsUpstream } from './openai-embeddings/index.ts';
import { openaiResponsesClient } from './openai-responses/client/index.ts';
import { openaiResponsesUpstream } from './openai-responses/upstream/index.ts';
import { vertexEmbeddingsUpstream } from './vertex-embeddings/index.ts';

/** What providers speak, by the dialect's id as data/providers/*.toml names it. */
export const UPSTREAM_DIALECTS: { readonly [id: string]: UpstreamDialect } = {
  'anthropic-messages': anthropicMessagesUpstream,
  'bedrock-converse': bedrockConverseUpstream,
  'bedrock-invoke-anthropic': bedrockInvokeAnthropic,
  'openai-chat': openaiChatUpstream,
  'openai-completions': openaiCompletionsUpstream,
  'openai-responses': openaiResponsesUpstream,
  gemini: geminiUpstream,
  'cohere-chat': cohereChatUpstream,
  ollama: ollamaUpstream,
};

/** What providers of embeddings speak, by the same ids. */
export const EMBEDDING_DIALECTS: { readonly [id: string]: EmbeddingDialect } = {
  'openai-embeddings': openaiEmbeddingsUpstream,
  'gemini-embeddings': geminiEmbeddingsUpstream,
  'cohere-embeddings': cohereEmbeddingsUpstream,
  'bedrock-embeddings': bedrockEmbeddingsUpstream,
  'vertex-embeddings': vertexEmbeddingsUpstream,
};

/** The catalogue was checked against these tables, so that a dialect it names is there. */
export const DIALECTS: Dialects = {
  chat: (id) => known(UPSTREAM_DIALECTS[id], id),
  embeddings: (id) => known(EMBEDDING_DIALECTS[id], id),
};

function known<Dialect>(dialect: Dialect | undefined, id: string): Dialect {
  assert(dialect, `no such dialect for this operation: ${id}`);
  return dialect;
}

/** What programs speak to us, by the dialect's id. */
export const CLIENT_DIALECTS: { readonly [id: string]: ClientDialect } = {
  'anthropic-messages': anthropicMessagesClient,
  gemini: geminiClient,
  'openai-responses': openaiResponsesClient,
  'openai-chat': openaiChatClient,
  'openai-completions': openaiCompletionsClient,
};
