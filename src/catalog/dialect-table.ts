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
  /** What calls of this wire format ask for. */
  readonly operation: OperationId;
  /** Parameters that it carries whatever the model. */
  readonly parameters: readonly Parameter[];
};

/** The wire formats that providers speak, by the names that their files use. Code lives in `dialects/<name>/`. */
export const DIALECT_TABLE = {
  'openai-chat': { operation: 'chat', parameters: OPENAI },
  'openai-completions': {
    operation: 'chat',
    parameters: OPENAI.filter((name) => name !== 'max_completion_tokens'),
  },
  'openai-responses': {
    operation: 'chat',
    parameters: ['max_tokens', 'max_completion_tokens', 'temperature', 'top_p'],
  },
  'anthropic-messages': { operation: 'chat', parameters: ANTHROPIC },
  'bedrock-invoke-anthropic': { operation: 'chat', parameters: ANTHROPIC },
  gemini: { operation: 'chat', parameters: [...OPENAI, 'top_k'] },
  'bedrock-converse': {
    operation: 'chat',
    parameters: ['max_tokens', 'max_completion_tokens', 'temperature', 'top_p', 'stop'],
  },
  'cohere-chat': { operation: 'chat', parameters: [...OPENAI, 'top_k'] },
  ollama: { operation: 'chat', parameters: [...OPENAI, 'top_k', 'min_p', 'repetition_penalty'] },
  'openai-embeddings': { operation: 'embeddings', parameters: [] },
  'gemini-embeddings': { operation: 'embeddings', parameters: [] },
  'cohere-embeddings': { operation: 'embeddings', parameters: [] },
  'bedrock-embeddings': { operation: 'embeddings', parameters: [] },
  'vertex-embeddings': { operation: 'embeddings', parameters: [] },
} as const satisfies { readonly [id: string]: Row };

export type DialectId = keyof typeof DIALECT_TABLE;
/** Those of one operation. */
export type DialectIdOf<O extends OperationId> = {
  [Id in DialectId]: (typeof DIALECT_TABLE)[Id]['operation'] extends O ? Id : never;
}[DialectId];

export const DIALECT_IDS = Object.keys(DIALECT_TABLE) as readonly DialectId[];
export const operationOf = (id: DialectId): OperationId => DIALECT_TABLE[id].operation;
