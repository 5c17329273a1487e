import type { JsonObject } from '../../src/base/json.ts';
import type { Asked } from './asked.ts';

/** A picture of one pixel, and a document of one line. */
export const PICTURE_URL = 'https://pictures.example/dot.png';
export const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const DOCUMENT = 'JVBERi0xLjEKJWRvY3VtZW50Cg==';

export const SCHEMA: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
export const TOOLS = [
  { name: 'weather', description: 'Tells the weather', parameters: SCHEMA },
  { name: 'now', description: 'Tells the time', parameters: { type: 'object', properties: {} } },
] as const;

/** A history with parallel calls, one of them without arguments, and a result for each. */
export const CALLS = [
  { id: 'call_made_up_1', name: 'weather', arguments: { city: 'Köln' }, result: 'Rain ☔' },
  { id: 'call_made_up_2', name: 'weather', arguments: { city: 'Bonn' }, result: 'Sun' },
  { id: 'call_made_up_3', name: 'now', arguments: {}, result: '12:00' },
] as const;

/** What is asked, as an endpoint must understand it. Only the members named here are compared. */
export const QUESTIONS = {
  text: { turns: [{ role: 'user', text: 'Grüße, 🌍' }], maxTokens: 500, temperature: 0.5 },
  'system prompt': { system: 'Be brief.', turns: [{ role: 'user', text: 'Hello' }] },
  conversation: {
    turns: [
      { role: 'user', text: 'One?' },
      { role: 'assistant', text: 'Two.' },
      { role: 'user', text: 'Three?' },
    ],
  },
  tools: { tools: TOOLS.map(({ name, parameters }) => ({ name, parameters })) },
  'required tool': { toolChoice: 'required' },
  'named tool': { toolChoice: 'weather' },
  'one call at a time': { parallel: false },
  'tool results': {
    turns: [
      { role: 'user', text: 'Weather?' },
      { role: 'assistant', text: '', calls: CALLS.map(({ name, arguments: input }) => ({ name, arguments: input })) },
      { role: 'tool', text: '', results: CALLS.map(({ name, result }) => ({ name, text: result })) },
    ],
  },
  reasoning: { reasoning: true },
  'JSON schema': { schema: SCHEMA },
  'image by URL': { turns: [{ role: 'user', text: 'Look', media: ['picture'] }] },
  'image as data': { turns: [{ role: 'user', text: 'Look', media: ['picture'] }] },
  'PDF as data': { turns: [{ role: 'user', text: 'Read', media: ['document'] }] },
  'stop sequences': { stop: ['three'] },
  'two choices': { choices: 2 },
  'log probabilities': { logprobs: true },
  'cache breakpoint': { cacheMarks: 1 },
} as const satisfies { readonly [name: string]: Partial<Asked> };

export type QuestionName = keyof typeof QUESTIONS;
export const QUESTION_NAMES = Object.keys(QUESTIONS) as QuestionName[];
