import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { Call } from '../../call/call.ts';
import type { DecisionCall } from '../../call/decision.ts';
import type { EmbeddingInput } from '../../call/embedding.ts';
import type { AssistantPart, Message, Native, UserPart } from '../../call/message.ts';
import type { CallOf, OperationId } from '../../call/operation.ts';
import type { ServerToolCall } from '../../call/server-tool.ts';

/** Gives a text as it may go on. `json`: its strings mean something, it does not. */
export type ReadText = (text: string, form: 'text' | 'json') => string;
/** Whose words they are. */
export type Reads = { readonly user: ReadText; readonly others: ReadText };

type AnyPart = UserPart | AssistantPart;

/** Every string in a value, its names apart. */
export function jsonRead<T extends Json>(value: T, read: ReadText): T {
  if (typeof value === 'string') return read(value, 'text') as T;
  if (Array.isArray(value)) return value.map((one: Json) => jsonRead(one, read)) as unknown as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject).map(([name, one]) => [name, one === undefined ? one : jsonRead(one, read)]),
  ) as T;
}

export const nativeRead = <T extends { readonly native?: Native }>(whole: T, read: ReadText): T =>
  whole.native ? { ...whole, native: { ...whole.native, fields: jsonRead(whole.native.fields, read) } } : whole;

/** What is opaque, and media, are passed over. Thoughts that are changed lose the signature that no longer fits them. */
export function partRead<P extends AnyPart>(part: P, read: ReadText): P {
  const whole: AnyPart = nativeRead(part, read);
  switch (whole.type) {
    case 'text':
    case 'refusal':
      return { ...whole, text: read(whole.text, 'text') } as AnyPart as P;
    case 'tool-call':
      return { ...whole, arguments: read(whole.arguments, 'json') } as AnyPart as P;
    case 'reasoning': {
      if (whole.kind === 'encrypted') return whole as P;
      const { signature, ...rest } = whole;
      const text = read(whole.text, 'text');
      return (text === whole.text ? whole : { ...rest, text }) as AnyPart as P;
    }
    default:
      return whole as P;
  }
}

function messageRead(message: Message, { user, others }: Reads): Message {
  const read = message.role === 'user' ? user : others;
  const parts = (message.parts as readonly AnyPart[]).map((part) => partRead(part, read));
  return nativeRead({ ...message, parts } as Message & { readonly native?: Native }, read);
}

function chatRead(call: Call, reads: Reads): Call {
  const { user, others } = reads;
  const { completion, instructions, prediction } = call;
  return {
    ...call,
    messages: call.messages.map((message) => messageRead(message, reads)),
    ...(instructions !== undefined && { instructions: others(instructions, 'text') }),
    ...(prediction && { prediction: jsonRead(prediction, others) }),
    ...(completion && {
      completion: {
        ...completion,
        prompts: completion.prompts.map((prompt) => (typeof prompt === 'string' ? user(prompt, 'text') : prompt)),
        ...(completion.suffix !== undefined && { suffix: user(completion.suffix, 'text') }),
      },
    }),
  };
}

const inputRead = <I extends EmbeddingInput>(input: I, read: ReadText): I =>
  input.type === 'tokens' ? input : ({ ...input, parts: input.parts.map((part) => partRead(part, read)) } as I);

function decisionRead(call: DecisionCall, read: ReadText): DecisionCall {
  const { subject, questions, parts } = call;
  return {
    ...call,
    subject: jsonRead(subject as unknown as JsonObject, read) as unknown as DecisionCall['subject'],
    questions: jsonRead(questions as unknown as Json[], read) as unknown as DecisionCall['questions'],
    parts: parts.map((part) => partRead(part, read)),
  };
}

type Readers = { readonly [O in OperationId]: (call: CallOf<O>, reads: Reads) => CallOf<O> };
/** The texts of each operation's calls; the table demands a row for each. */
const READERS: Readers = {
  chat: chatRead,
  embeddings: (call, { user }) => ({ ...call, inputs: call.inputs.map((input) => inputRead(input, user)) }),
  moderations: (call, { user }) => ({ ...call, inputs: call.inputs.map((input) => inputRead(input, user)) }),
  rerank: (call, { user }) => ({
    ...call,
    query: user(call.query, 'text'),
    documents: call.documents.map(({ parts }) => ({ parts: parts.map((part) => partRead(part, user)) })),
  }),
  decisions: (call, { user }) => decisionRead(call, user),
  images: (call, { user }) => ({ ...call, prompt: user(call.prompt, 'text') }),
  speech: (call, { user }) => ({
    ...call,
    input: user(call.input, 'text'),
    ...(call.instructions !== undefined && { instructions: user(call.instructions, 'text') }),
  }),
  transcription: (call, { user }) => ({
    ...call,
    ...(call.prompt !== undefined && { prompt: user(call.prompt, 'text') }),
  }),
  videos: (call, { user }) => ({ ...call, prompt: user(call.prompt, 'text') }),
  // Nothing of it is read here: no session is opened for callers whose texts must be (`realtime/objection.ts`).
  realtime: (call) => call,
};

/** The call with each of its texts as it was read; fields that are passed on unread are read, too. */
export function callRead<O extends OperationId>(operation: O, call: CallOf<O>, reads: Reads): CallOf<O> {
  const read = READERS[operation](call, reads);
  return nativeRead(read as CallOf<O> & { readonly native?: Native }, reads.others);
}

/** Token ids are no text that anybody could read. */
export function holdsTokens<O extends OperationId>(operation: O, call: CallOf<O>): boolean {
  if (operation === 'embeddings') return (call as CallOf<'embeddings'>).inputs.some(({ type }) => type === 'tokens');
  if (operation !== 'chat') return false;
  return (call as Call).completion?.prompts.some((prompt) => typeof prompt !== 'string') ?? false;
}

/** What a tool of ours was asked, and what it found. */
export function toolRead(call: ServerToolCall, read: ReadText): ServerToolCall {
  const { shown, pages } = call;
  return {
    ...call,
    arguments: read(call.arguments, 'json'),
    result: read(call.result, 'text'),
    shown: jsonRead(shown, read),
    ...(pages && { pages: jsonRead(pages as unknown as Json[], read) as unknown as typeof pages }),
  };
}
