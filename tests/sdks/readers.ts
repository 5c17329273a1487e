/** What each client makes of an answer: its text and its calls. A failure is thrown, as the client throws it. */

import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { type GenerateContentResponse, GoogleGenAI } from '@google/genai';
import type { AIMessageChunk } from '@langchain/core/messages';
import { ChatOpenRouter } from '@langchain/openrouter';
import { createOpenRouter } from '@openrouter/ai-sdk-provider';
import { OpenRouter } from '@openrouter/sdk';
import { type ChatResponse, Ollama } from 'ollama';
import OpenAI from 'openai';
import { API_KEY, type GatewayProcess } from '../gateway-process.ts';

export type Read = { readonly text: string; readonly calls: readonly ReadCall[]; readonly finish: string };
export type ReadCall = { readonly name: string; readonly arguments: string };
export type Reader = (model: string, stream: boolean) => Promise<Read>;

const HELLO = [{ role: 'user', content: 'Hello' }] as const;

export const READERS: { readonly [client: string]: (gateway: GatewayProcess) => Reader } = {
  openai: ({ base }) => {
    const client = new OpenAI({ baseURL: base, apiKey: API_KEY, maxRetries: 0 });
    return async (model, stream) => {
      const body = { model, messages: [...HELLO] };
      const { choices } = stream
        ? await client.chat.completions.stream(body).finalChatCompletion()
        : await client.chat.completions.create(body);
      const { message, finish_reason } = choices[0] ?? {};
      const calls = (message?.tool_calls ?? []).flatMap((call) => ('function' in call ? call.function : []));
      return { text: message?.content ?? '', calls, finish: finish_reason ?? '' };
    };
  },
  'openai, Responses': ({ base }) => {
    const client = new OpenAI({ baseURL: base, apiKey: API_KEY, maxRetries: 0 });
    return async (model, stream) => {
      const body = { model, input: 'Hello' };
      const response = stream
        ? await client.responses.stream(body).finalResponse()
        : await client.responses.create(body);
      if (response.error) throw new Error(response.error.message);
      const calls = response.output.flatMap((item) => (item.type === 'function_call' ? item : []));
      return { text: response.output_text, calls, finish: response.incomplete_details?.reason ?? '' };
    };
  },
  '@anthropic-ai/sdk': ({ origin }) => {
    const client = new Anthropic({ baseURL: `${origin}/api`, authToken: API_KEY, apiKey: null, maxRetries: 0 });
    return async (model, stream) => {
      const body = { model, max_tokens: 4000, messages: [...HELLO] };
      const message = stream ? await client.messages.stream(body).finalMessage() : await client.messages.create(body);
      const calls = message.content.flatMap((block) =>
        block.type === 'tool_use' ? { name: block.name, arguments: JSON.stringify(block.input) } : [],
      );
      const text = message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
      return { text, calls, finish: message.stop_reason ?? '' };
    };
  },
  '@google/genai': ({ origin }) => {
    const httpOptions = { baseUrl: `${origin}/api`, retryOptions: { attempts: 1 } };
    const client = new GoogleGenAI({ apiKey: API_KEY, httpOptions });
    return async (model, stream) => {
      const body = { model, contents: 'Hello' };
      const answers: GenerateContentResponse[] = [];
      if (stream) for await (const chunk of await client.models.generateContentStream(body)) answers.push(chunk);
      else answers.push(await client.models.generateContent(body));
      const parts = answers.flatMap(({ candidates = [] }) => candidates[0]?.content?.parts ?? []);
      const calls = parts.flatMap(({ functionCall: call }) =>
        call ? { name: call.name ?? '', arguments: JSON.stringify(call.args) } : [],
      );
      const text = parts.map(({ text: piece, thought }) => (thought ? '' : (piece ?? ''))).join('');
      return { text, calls, finish: answers.at(-1)?.candidates?.[0]?.finishReason ?? '' };
    };
  },
  ollama: ({ origin }) => {
    const client = new Ollama({ host: origin, headers: { authorization: `Bearer ${API_KEY}` } });
    return async (model, stream) => {
      const body = { model, messages: [...HELLO] };
      const parts: ChatResponse[] = [];
      if (stream) for await (const part of await client.chat({ ...body, stream })) parts.push(part);
      else parts.push(await client.chat({ ...body, stream: false }));
      const calls = parts.flatMap(({ message }) =>
        (message.tool_calls ?? []).map((call) => ({
          name: call.function.name,
          arguments: JSON.stringify(call.function.arguments),
        })),
      );
      return {
        text: parts.map(({ message }) => message.content).join(''),
        calls,
        finish: parts.at(-1)?.done_reason ?? '',
      };
    };
  },
  '@openrouter/sdk': ({ base }) => {
    const client = new OpenRouter({ serverURL: base, apiKey: API_KEY, retryConfig: { strategy: 'none' } });
    return async (model, stream) => {
      const result = await client.chat.send({ chatRequest: { model, messages: [...HELLO], stream } });
      if ('choices' in result) {
        const { message, finishReason } = result.choices[0] ?? {};
        const text = typeof message?.content === 'string' ? message.content : '';
        const calls = (message?.toolCalls ?? []).map((call) => call.function);
        return { text, calls, finish: finishReason ?? '' };
      }
      let text = '';
      let finish = '';
      const calls: ReadCall[] = [];
      for await (const { choices, error } of result) {
        if (error) throw new Error(error.message);
        const [choice] = choices;
        text += choice?.delta.content ?? '';
        finish = choice?.finishReason ?? finish;
        for (const call of choice?.delta.toolCalls ?? []) {
          const { name, arguments: before } = calls[call.index] ?? { name: call.function?.name ?? '', arguments: '' };
          calls[call.index] = { name, arguments: before + (call.function?.arguments ?? '') };
        }
      }
      return { text, calls, finish };
    };
  },
  '@openrouter/sdk, Responses': ({ base }) => {
    const client = new OpenRouter({ serverURL: base, apiKey: API_KEY, retryConfig: { strategy: 'none' } });
    return async (model, stream) => {
      const result = await client.responses.send({ responsesRequest: { model, input: 'Hello', stream } });
      let response = 'output' in result ? result : undefined;
      if (!('output' in result))
        for await (const event of result) {
          if (event.type === 'error') throw new Error('message' in event ? event.message : 'an error');
          if ('response' in event) response = event.response;
        }
      if (!response || response.error) throw new Error(response?.error?.message ?? 'no response');
      const calls = response.output.flatMap((item) => (item.type === 'function_call' ? item : []));
      const parts = response.output.flatMap((item) => (item.type === 'message' ? (item.content ?? []) : []));
      const text = parts.map((part) => ('text' in part && part.type === 'output_text' ? part.text : '')).join('');
      return { text, calls, finish: response.incompleteDetails?.reason ?? '' };
    };
  },
  'ai with @openrouter/ai-sdk-provider': ({ base }) => {
    const provider = createOpenRouter({ baseURL: base, apiKey: API_KEY });
    return aiReader((model) => provider(model));
  },
  'ai with @ai-sdk/openai-compatible': ({ base }) => {
    const provider = createOpenAICompatible({ name: 'switchwright', baseURL: base, apiKey: API_KEY });
    return aiReader((model) => provider(model));
  },
  '@langchain/openrouter':
    ({ base }) =>
    async (model, stream) => {
      const chat = new ChatOpenRouter({ model, apiKey: API_KEY, baseURL: base, maxRetries: 0 });
      let whole: AIMessageChunk | undefined;
      if (stream) for await (const chunk of await chat.stream('Hello')) whole = whole ? whole.concat(chunk) : chunk;
      const message = whole ?? (await chat.invoke('Hello'));
      const calls = [
        ...(message.tool_calls ?? []).map(({ name, args }) => ({ name, arguments: JSON.stringify(args) })),
        ...(message.invalid_tool_calls ?? []).map(({ name, args }) => ({ name: name ?? '', arguments: args ?? '' })),
      ];
      return { text: message.text, calls, finish: String(message.response_metadata.finish_reason ?? '') };
    },
};

type AiModel = Pick<ReturnType<ReturnType<typeof createOpenAICompatible>>, 'doGenerate' | 'doStream'>;

/** What lies below `generateText` and `streamText`: an answer's calls need no tools to be looked at. */
function aiReader(modelOf: (id: string) => AiModel): Reader {
  return async (id, stream) => {
    const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }];
    let text = '';
    let finish = '';
    const calls: ReadCall[] = [];
    if (!stream) {
      const { content, finishReason } = await modelOf(id).doGenerate({ prompt });
      for (const part of content) {
        if (part.type === 'text') text += part.text;
        if (part.type === 'tool-call') calls.push({ name: part.toolName, arguments: part.input });
      }
      return { text, calls, finish: finishReason.unified };
    }
    for await (const part of (await modelOf(id).doStream({ prompt })).stream) {
      if (part.type === 'error') throw part.error instanceof Error ? part.error : new Error(JSON.stringify(part.error));
      if (part.type === 'text-delta') text += part.delta;
      if (part.type === 'tool-call') calls.push({ name: part.toolName, arguments: part.input });
      if (part.type === 'finish') finish = part.finishReason.unified;
    }
    return { text, calls, finish };
  };
}
