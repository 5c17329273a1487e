import { assert } from '../base/assert.ts';
import type { OperationId, PostedId } from '../call/operation.ts';
import type { DialectIdOf } from '../catalog/dialect-table.ts';
import {
  anthropicMessagesClient,
  anthropicMessagesUpstream,
  bedrockInvokeAnthropic,
} from './anthropic-messages/index.ts';
import { bedrockConverseUpstream } from './bedrock-converse/index.ts';
import { bedrockEmbeddingsUpstream } from './bedrock-embeddings/index.ts';
import { bedrockRerankUpstream } from './bedrock-rerank/index.ts';
import { cohereChatClient } from './cohere-chat/client/index.ts';
import { cohereChatUpstream } from './cohere-chat/index.ts';
import { cohereEmbedClient } from './cohere-embeddings/client.ts';
import { cohereEmbeddingsUpstream } from './cohere-embeddings/index.ts';
import { cohereRerankClient, cohereRerankUpstream } from './cohere-rerank/index.ts';
import { decisionsClient } from './decisions/client.ts';
import { deepgramSpeechUpstream } from './deepgram-speech/index.ts';
import { deepgramTranscriptionUpstream } from './deepgram-transcription/index.ts';
import { deepinfraImagesUpstream } from './deepinfra-images/index.ts';
import { deepinfraRerankUpstream } from './deepinfra-rerank/index.ts';
import type { ClientDialects, Dialects, UpstreamDialects } from './dialect.ts';
import { elevenlabsSpeechUpstream } from './elevenlabs-speech/index.ts';
import { elevenlabsTranscriptionUpstream } from './elevenlabs-transcription/index.ts';
import { fireworksImagesUpstream } from './fireworks-images/index.ts';
import { geminiClient, geminiListClient, geminiUpstream } from './gemini/index.ts';
import { geminiBatchEmbedContentsClient, geminiEmbedContentClient } from './gemini-embeddings/client.ts';
import { geminiEmbeddingsUpstream } from './gemini-embeddings/index.ts';
import { geminiImages } from './gemini-images/index.ts';
import { geminiSpeechUpstream } from './gemini-speech/index.ts';
import { imagenUpstream } from './imagen/index.ts';
import { jinaRerankUpstream } from './jina-rerank/index.ts';
import { llamaGuardUpstream } from './llama-guard/index.ts';
import { ollamaChatClient, ollamaGenerateClient } from './ollama/client/index.ts';
import { ollamaUpstream } from './ollama/index.ts';
import { ollamaEmbedClient, ollamaEmbeddingsClient } from './ollama-embeddings/client.ts';
import { openaiChatClient, openaiChatUpstream } from './openai-chat/index.ts';
import { openaiCompletions, openaiCompletionsClient } from './openai-completions/index.ts';
import { openaiDecisionsUpstream } from './openai-decisions/index.ts';
import { openaiEmbeddingsClient, openaiEmbeddingsUpstream } from './openai-embeddings/index.ts';
import {
  openaiImageEditsClient,
  openaiImageGenerationsClient,
  openaiImageVariationsClient,
} from './openai-images/client.ts';
import { openaiImagesUpstream } from './openai-images/index.ts';
import { openaiModerationsClient } from './openai-moderations/client.ts';
import { openaiModerationsUpstream } from './openai-moderations/index.ts';
import { openaiRealtime } from './openai-realtime/index.ts';
import { openaiResponsesClient } from './openai-responses/client/index.ts';
import { openaiResponsesUpstream } from './openai-responses/upstream/index.ts';
import { openaiSpeechClient, openaiSpeechUpstream } from './openai-speech/index.ts';
import {
  openaiTranscriptionClient,
  openaiTranscriptionUpstream,
  openaiTranslationClient,
} from './openai-transcription/index.ts';
import { openaiVideosUpstream } from './openai-videos/index.ts';
import { openrouterImagesClient } from './openrouter-images/client.ts';
import { openrouterImagesUpstream } from './openrouter-images/index.ts';
import { openrouterRerankClient } from './openrouter-rerank/client.ts';
import { openrouterVideosClient } from './openrouter-videos/client.ts';
import type { Quirk } from './quirks.ts';
import { replicateImagesUpstream } from './replicate-images/index.ts';
import { replicateVideosUpstream } from './replicate-videos/index.ts';
import { systemoneUpstream } from './systemone/index.ts';
import { teiRerankUpstream } from './tei-rerank/index.ts';
import { togetherImagesUpstream } from './together-images/index.ts';
import { veoClient } from './veo/client.ts';
import { veoUpstream } from './veo/index.ts';
import { vertexEmbeddingsUpstream } from './vertex-embeddings/index.ts';
import { vertexRerankUpstream } from './vertex-rerank/index.ts';
import { xaiImagesUpstream } from './xai-images/index.ts';
import { xaiVideosUpstream } from './xai-videos/index.ts';

const UPSTREAM: { readonly [O in OperationId]: { readonly [Id in DialectIdOf<O>]: UpstreamDialects[O] } } = {
  chat: {
    'anthropic-messages': anthropicMessagesUpstream,
    'bedrock-converse': bedrockConverseUpstream,
    'bedrock-invoke-anthropic': bedrockInvokeAnthropic,
    'openai-chat': openaiChatUpstream,
    'openai-completions': openaiCompletions(openaiChatUpstream),
    'openai-responses': openaiResponsesUpstream,
    gemini: geminiUpstream,
    'cohere-chat': cohereChatUpstream,
    ollama: ollamaUpstream,
  },
  embeddings: {
    'openai-embeddings': openaiEmbeddingsUpstream,
    'gemini-embeddings': geminiEmbeddingsUpstream,
    'cohere-embeddings': cohereEmbeddingsUpstream,
    'bedrock-embeddings': bedrockEmbeddingsUpstream,
    'vertex-embeddings': vertexEmbeddingsUpstream,
  },
  rerank: {
    'cohere-rerank': cohereRerankUpstream,
    'jina-rerank': jinaRerankUpstream,
    'deepinfra-rerank': deepinfraRerankUpstream,
    'bedrock-rerank': bedrockRerankUpstream,
    'vertex-rerank': vertexRerankUpstream,
    'tei-rerank': teiRerankUpstream,
  },
  decisions: { systemone: systemoneUpstream, 'openai-decisions': openaiDecisionsUpstream },
  moderations: { 'openai-moderations': openaiModerationsUpstream, 'llama-guard': llamaGuardUpstream },
  speech: {
    'openai-speech': openaiSpeechUpstream,
    'gemini-speech': geminiSpeechUpstream,
    'deepgram-speech': deepgramSpeechUpstream,
    'elevenlabs-speech': elevenlabsSpeechUpstream,
  },
  images: {
    'openai-images': openaiImagesUpstream,
    'openrouter-images': openrouterImagesUpstream,
    'gemini-images': geminiImages(geminiUpstream),
    imagen: imagenUpstream,
    'xai-images': xaiImagesUpstream,
    'together-images': togetherImagesUpstream,
    'fireworks-images': fireworksImagesUpstream,
    'deepinfra-images': deepinfraImagesUpstream,
    'replicate-images': replicateImagesUpstream,
  },
  transcription: {
    'openai-transcription': openaiTranscriptionUpstream,
    'deepgram-transcription': deepgramTranscriptionUpstream,
    'elevenlabs-transcription': elevenlabsTranscriptionUpstream,
  },
  videos: {
    'openai-videos': openaiVideosUpstream,
    veo: veoUpstream,
    'xai-videos': xaiVideosUpstream,
    'replicate-videos': replicateVideosUpstream,
  },
  realtime: { 'openai-realtime': openaiRealtime },
};

/** What providers speak, by operation and by the dialect's id as data/providers/*.toml names it. */
export const UPSTREAM_DIALECTS: {
  readonly [O in OperationId]: { readonly [id: string]: UpstreamDialects[O] };
} = UPSTREAM;

/** What departs from a dialect, by the dialect's id and the quirk's name. */
export const QUIRKS: ReadonlyMap<string, { readonly [name: string]: Pick<Quirk, 'why'> }> = new Map(
  [...Object.entries(UPSTREAM.chat), ...Object.entries(UPSTREAM.images), ...Object.entries(UPSTREAM.speech)].map(
    ([id, { quirks }]) => [id, quirks],
  ),
);
/** Their names. */
export const QUIRK_NAMES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...QUIRKS].map(([id, quirks]) => [id, new Set(Object.keys(quirks))]),
);

/** The catalogue was checked against this table, so that a dialect it names is there. */
export const DIALECTS: Dialects = {
  of: (operation, id) => {
    const dialect = UPSTREAM_DIALECTS[operation][id];
    assert(dialect, `no such dialect of ${operation}: ${id}`);
    return dialect;
  },
};

/** What programs speak to us, by operation and by the name that routes use (http/inference-routes.ts). */
export const CLIENT_DIALECTS: { readonly [O in PostedId]: { readonly [name: string]: ClientDialects[O] } } = {
  chat: {
    'anthropic-messages': anthropicMessagesClient,
    gemini: geminiClient,
    'gemini-list': geminiListClient,
    'openai-responses': openaiResponsesClient,
    'openai-chat': openaiChatClient,
    'openai-completions': openaiCompletionsClient,
    ollama: ollamaChatClient,
    'ollama-generate': ollamaGenerateClient,
    'cohere-chat': cohereChatClient,
  },
  embeddings: {
    'openai-embeddings': openaiEmbeddingsClient,
    'gemini-embed-content': geminiEmbedContentClient,
    'gemini-batch-embed-contents': geminiBatchEmbedContentsClient,
    'ollama-embed': ollamaEmbedClient,
    'ollama-embeddings': ollamaEmbeddingsClient,
    'cohere-embed': cohereEmbedClient,
  },
  rerank: { 'openrouter-rerank': openrouterRerankClient, 'cohere-rerank': cohereRerankClient },
  decisions: { decisions: decisionsClient },
  moderations: { 'openai-moderations': openaiModerationsClient },
  speech: { 'openai-speech': openaiSpeechClient },
  images: {
    'openrouter-images': openrouterImagesClient,
    'openai-images': openaiImageGenerationsClient,
    'openai-image-edits': openaiImageEditsClient,
    'openai-image-variations': openaiImageVariationsClient,
  },
  transcription: { 'openai-transcription': openaiTranscriptionClient, 'openai-translation': openaiTranslationClient },
  videos: { 'openrouter-videos': openrouterVideosClient, veo: veoClient },
};
