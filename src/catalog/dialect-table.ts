import type { OperationId } from '../call/operation.ts';
import type { Parameter } from '../call/parameters.ts';

const OPENAI: readonly Parameter[] = [
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
];
const ANTHROPIC: readonly Parameter[] = [
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
];

type Row = {
  /** The name that pages show. */
  readonly name: string;
  /** What calls of this wire format ask for. */
  readonly operation: OperationId;
  /** Parameters that it carries whatever the model. */
  readonly parameters: readonly Parameter[];
  /** Can a caller's wishes about its data be written in it (dialects/data-wishes.ts)? */
  readonly carriesWishes?: true;
  /** It completes texts and knows no conversation. */
  readonly completesTexts?: true;
  /** Whoever speaks OpenAI's chat format is taken to serve it in OpenAI's way too. */
  readonly besideChat?: true;
  /**
   * What bounds the steps that a host takes by itself before it answers: a number for the whole call (`max_tool_calls`),
   * one for each tool (`max_uses`), or nothing. Absent = the host is a gateway or runs no tools.
   */
  readonly hostSteps?: 'by-call' | 'by-tool' | 'unbounded';
};

/**
 * The wire formats that providers speak, by the names that their files use. Code lives in `dialects/<name>/`, and so do
 * the facts of a format that its translation alone needs (`traits`). Here stand those that are read where no dialect may
 * be known: by the catalogue, which builds endpoints of them, by the router and by metering, which decide from data alone.
 */
export const DIALECT_TABLE = {
  'openai-chat': { name: 'OpenAI Chat', operation: 'chat', parameters: OPENAI, carriesWishes: true },
  'openai-completions': {
    name: 'OpenAI Completions',
    operation: 'chat',
    parameters: OPENAI.filter((name) => name !== 'max_completion_tokens'),
    carriesWishes: true,
    completesTexts: true,
  },
  'openai-responses': {
    name: 'OpenAI Responses',
    operation: 'chat',
    parameters: ['max_tokens', 'max_completion_tokens', 'temperature', 'top_p'],
    hostSteps: 'by-call',
  },
  'anthropic-messages': { name: 'Anthropic Messages', operation: 'chat', parameters: ANTHROPIC, hostSteps: 'by-tool' },
  'bedrock-invoke-anthropic': {
    name: 'Bedrock Invoke (Anthropic)',
    operation: 'chat',
    parameters: ANTHROPIC,
    hostSteps: 'by-tool',
  },
  gemini: { name: 'Gemini', operation: 'chat', parameters: [...OPENAI, 'top_k'], hostSteps: 'unbounded' },
  'bedrock-converse': {
    name: 'Bedrock Converse',
    operation: 'chat',
    parameters: ['max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'stop'],
  },
  'cohere-chat': { name: 'Cohere Chat', operation: 'chat', parameters: [...OPENAI, 'top_k'] },
  ollama: { name: 'Ollama', operation: 'chat', parameters: [...OPENAI, 'top_k', 'min_p', 'repetition_penalty'] },
  'openai-embeddings': {
    name: 'OpenAI Embeddings',
    operation: 'embeddings',
    parameters: [],
    carriesWishes: true,
    besideChat: true,
  },
  'gemini-embeddings': { name: 'Gemini Embeddings', operation: 'embeddings', parameters: [] },
  'cohere-embeddings': { name: 'Cohere Embeddings', operation: 'embeddings', parameters: [] },
  'bedrock-embeddings': { name: 'Bedrock Embeddings', operation: 'embeddings', parameters: [] },
  'vertex-embeddings': { name: 'Vertex AI Embeddings', operation: 'embeddings', parameters: [] },
  'openai-speech': { name: 'OpenAI Speech', operation: 'speech', parameters: [], besideChat: true },
  'gemini-speech': { name: 'Gemini Speech', operation: 'speech', parameters: [] },
  'deepgram-speech': { name: 'Deepgram Speak', operation: 'speech', parameters: [] },
  'elevenlabs-speech': { name: 'ElevenLabs Text to Speech', operation: 'speech', parameters: [] },
  'cohere-rerank': { name: 'Cohere Rerank', operation: 'rerank', parameters: [] },
  'jina-rerank': { name: 'Jina Rerank', operation: 'rerank', parameters: [], carriesWishes: true },
  'deepinfra-rerank': { name: 'DeepInfra Rerank', operation: 'rerank', parameters: [] },
  'bedrock-rerank': { name: 'Bedrock Rerank', operation: 'rerank', parameters: [] },
  'vertex-rerank': { name: 'Vertex AI Ranking', operation: 'rerank', parameters: [] },
  'tei-rerank': { name: 'Text Embeddings Inference Rerank', operation: 'rerank', parameters: [] },
  systemone: { name: 'System One', operation: 'decisions', parameters: [], carriesWishes: true },
  'openai-decisions': { name: 'OpenAI Decisions', operation: 'decisions', parameters: [] },
  'openai-moderations': { name: 'OpenAI Moderations', operation: 'moderations', parameters: [] },
  'llama-guard': { name: 'Llama Guard', operation: 'moderations', parameters: [], carriesWishes: true },
  'openai-images': { name: 'OpenAI Images', operation: 'images', parameters: [] },
  'openrouter-images': { name: 'OpenRouter Images', operation: 'images', parameters: [], carriesWishes: true },
  'gemini-images': { name: 'Gemini Images', operation: 'images', parameters: [] },
  imagen: { name: 'Imagen', operation: 'images', parameters: [] },
  'xai-images': { name: 'xAI Images', operation: 'images', parameters: [] },
  'together-images': { name: 'Together Images', operation: 'images', parameters: [] },
  'fireworks-images': { name: 'Fireworks Images', operation: 'images', parameters: [] },
  'deepinfra-images': { name: 'DeepInfra Images', operation: 'images', parameters: [] },
  'replicate-images': { name: 'Replicate Predictions', operation: 'images', parameters: [] },
  'openai-videos': { name: 'OpenAI Videos', operation: 'videos', parameters: [] },
  veo: { name: 'Veo', operation: 'videos', parameters: [] },
  'xai-videos': { name: 'xAI Videos', operation: 'videos', parameters: [] },
  'replicate-videos': { name: 'Replicate Predictions (videos)', operation: 'videos', parameters: [] },
  'openai-transcription': {
    name: 'OpenAI Transcription',
    operation: 'transcription',
    parameters: [],
    besideChat: true,
  },
  'deepgram-transcription': { name: 'Deepgram Listen', operation: 'transcription', parameters: [] },
  'elevenlabs-transcription': { name: 'ElevenLabs Speech to Text', operation: 'transcription', parameters: [] },
  'openai-realtime': { name: 'OpenAI Realtime', operation: 'realtime', parameters: [] },
} as const satisfies { readonly [id: string]: Row };

/** The id of a wire format that providers speak. */
export type DialectId = keyof typeof DIALECT_TABLE;
/** The ids of one operation's wire formats. */
export type DialectIdOf<O extends OperationId> = {
  [Id in DialectId]: (typeof DIALECT_TABLE)[Id]['operation'] extends O ? Id : never;
}[DialectId];

export const DIALECT_IDS = Object.keys(DIALECT_TABLE) as readonly DialectId[];
const row = (id: DialectId): Row => DIALECT_TABLE[id];
export const carriesWishes = (id: DialectId): boolean => row(id).carriesWishes === true;
export const completesTexts = (id: DialectId): boolean => row(id).completesTexts === true;
export const hostSteps = (id: DialectId): Row['hostSteps'] => row(id).hostSteps;
export const BESIDE_CHAT = DIALECT_IDS.filter((id) => row(id).besideChat);
export const operationOf = (id: DialectId): OperationId => DIALECT_TABLE[id].operation;
