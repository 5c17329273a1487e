/** Every inference path, what a sound request to it looks like, and what a refusal in its dialect must look like. */
import assert from 'node:assert/strict';
import { API_KEY } from '../gateway-process.ts';

export type Json = { readonly [key: string]: unknown };
export type Path = {
  readonly name: 'chat' | 'completions' | 'responses' | 'messages' | 'gemini' | 'embeddings' | 'rerank';
  /** Behind the origin; Gemini's holds the model. */
  readonly url: (model: string) => string;
  readonly body: (model: string, text: string) => Json;
  /** Where the prompt is in the body. */
  readonly prompt: string;
  /** Throws unless the body is this dialect's refusal with this status; returns the message. */
  readonly refusal: (body: Json, status: number) => string;
};

const object = (value: unknown): Json => {
  assert(typeof value === 'object' && value !== null, `no object: ${JSON.stringify(value)}`);
  return value as Json;
};
const message = (error: Json): string => {
  assert(typeof error.message === 'string' && error.message !== '', 'a refusal has a message');
  return error.message;
};
const openai = (body: Json, status: number): string => {
  const error = object(body.error);
  assert.equal(error.code, status);
  assert.match(String(object(error.metadata).error_type), /^[a-z_]+$/);
  return message(error);
};
const responses = (body: Json, status: number): string => {
  const error = object(body.error);
  assert.equal(error.code, status);
  assert.match(String(body.error_type), /^[a-z_]+$/);
  return message(error);
};
const messages = (body: Json): string => {
  assert.equal(body.type, 'error');
  const error = object(body.error);
  assert.match(String(error.type), /(?:_error|^request_too_large)$/);
  assert.match(String(error.error_type), /^[a-z_]+$/);
  return message(error);
};
const gemini = (body: Json, status: number): string => {
  const error = object(body.error);
  assert.equal(error.code, status);
  assert.match(String(error.status), /^[A-Z_]+$/);
  return message(error);
};

const turn = (text: string): Json[] => [{ role: 'user', content: text }];

export const PATHS: readonly Path[] = [
  {
    name: 'chat',
    url: () => '/api/v1/chat/completions',
    body: (model, text) => ({ model, messages: turn(text) }),
    prompt: 'messages',
    refusal: openai,
  },
  {
    name: 'completions',
    url: () => '/api/v1/completions',
    body: (model, text) => ({ model, prompt: text }),
    prompt: 'prompt',
    refusal: openai,
  },
  {
    name: 'responses',
    url: () => '/api/v1/responses',
    body: (model, text) => ({ model, input: text }),
    prompt: 'input',
    refusal: responses,
  },
  {
    name: 'messages',
    url: () => '/api/v1/messages',
    body: (model, text) => ({ model, max_tokens: 100, messages: turn(text) }),
    prompt: 'messages',
    refusal: messages,
  },
  {
    name: 'gemini',
    url: (model) => `/v1beta/models/${model}:generateContent`,
    body: (_, text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
    prompt: 'contents',
    refusal: gemini,
  },
  {
    name: 'embeddings',
    url: () => '/api/v1/embeddings',
    body: (model, text) => ({ model, input: text }),
    prompt: 'input',
    refusal: openai,
  },
  {
    name: 'rerank',
    url: () => '/api/v1/rerank',
    body: (model, text) => ({ model, query: text, documents: [text] }),
    prompt: 'documents',
    refusal: openai,
  },
];

/** The model of the sandbox that answers on this path. */
export const soundModel = ({ name }: Path): string =>
  name === 'embeddings' ? 'sandbox/embed' : name === 'rerank' ? 'sandbox/rerank' : 'sandbox/echo';

/** Does it answer with words of a model? */
export const isChat = ({ name }: Path): boolean => name !== 'embeddings' && name !== 'rerank';

export type Answer = { readonly status: number; readonly text: string; readonly headers: Headers };

export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: { readonly [name: string]: string } = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

/** Asserts the refusal in the path's own dialect and returns its message. */
export function assertRefused(path: Path, answer: Answer, status: number): string {
  assert.equal(answer.status, status, `${path.name}: ${answer.text.slice(0, 300)}`);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  return path.refusal(JSON.parse(answer.text), status);
}
