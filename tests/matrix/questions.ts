import type { JsonObject } from '../../src/base/json.ts';
import type { Parameter } from '../../src/call/parameters.ts';
import type { Asked } from './asked.ts';
import { DOCUMENT, FILM, PICTURE, SOUND } from './media.ts';

export { DOCUMENT, FILM, PICTURE, SOUND };

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

/** A schema as people write it: an optional member, a length, and nothing said about further members. */
export const LOOSE_SCHEMA: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 2 }, country: { type: 'string' } },
  required: ['city'],
};

const hello = { role: 'user', text: 'Hello' } as const;
const look = (text: string, medium: string) => ({ turns: [{ role: 'user' as const, text, media: [medium] }] });

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
  prefill: {
    turns: [
      { role: 'user', text: 'Count.' },
      { role: 'assistant', text: 'One, two,' },
    ],
  },
  'speaker names': { turns: [{ role: 'user', text: 'Ann: Hello' }] },
  tools: { tools: TOOLS.map(({ name, parameters }) => ({ name, parameters })), callable: ['weather', 'now'] },
  'strict tools': { strictTools: ['weather', 'now'] },
  'required tool': { mustCall: true, callable: ['weather', 'now'] },
  'named tool': { mustCall: true, callable: ['weather'] },
  'no tool': { mustCall: false, callable: [] },
  'allowed tools': { mustCall: true, callable: ['weather'] },
  'one call at a time': { parallel: false },
  "a vendor's own tool": { vendorTools: 1 },
  'tool results': {
    turns: [
      { role: 'user', text: 'Weather?' },
      { role: 'assistant', text: '', calls: CALLS.map(({ name, arguments: input }) => ({ name, arguments: input })) },
      { role: 'tool', text: '', results: CALLS.map(({ name, result }) => ({ name, text: result })) },
    ],
  },
  'tool result with an image': {
    turns: [
      { role: 'user', text: 'Draw.' },
      { role: 'assistant', text: '', calls: [{ name: 'weather', arguments: { city: 'Köln' } }] },
      { role: 'tool', text: '', results: [{ name: 'weather', text: 'A map', media: ['picture'] }] },
    ],
  },
  'legacy functions': { tools: [{ name: 'weather', parameters: SCHEMA }], mustCall: true, callable: ['weather'] },
  'legacy function results': {
    turns: [
      { role: 'user', text: 'Weather?' },
      { role: 'assistant', text: '', calls: [{ name: 'weather', arguments: { city: 'Köln' } }] },
      { role: 'tool', text: '', results: [{ name: 'weather', text: 'Rain ☔' }] },
    ],
  },
  reasoning: { effort: 'medium' },
  'much reasoning': { effort: 'high' },
  'hidden reasoning': { effort: 'medium' },
  'reasoning budget': { effort: 'medium' },
  'no reasoning': { effort: 'none' },
  JSON: { json: true },
  'JSON schema': { schema: SCHEMA },
  'JSON schema, emulated': { schema: SCHEMA },
  'JSON schema, loosely written': { schema: LOOSE_SCHEMA },
  'image by URL': look('Look', 'picture'),
  'image as data': look('Look', 'picture'),
  'PDF by URL': look('Read', 'document'),
  'PDF as data': look('Read', 'document'),
  'audio as data': look('Listen', 'sound'),
  'video by URL': look('Watch', 'film'),
  'video as data': look('Watch', 'film'),
  'image wanted': { modalities: ['image', 'text'] },
  'audio wanted': { modalities: ['audio', 'text'] },
  'sampling: top_p': { turns: [hello], sampling: { top_p: 0.9 } },
  'sampling: top_k': { sampling: { top_k: 40 } },
  'sampling: seed': { sampling: { seed: 7 } },
  'sampling: penalties': { sampling: { frequency_penalty: 0.5, presence_penalty: 0.25 } },
  'sampling: logit bias': { sampling: { logit_bias: { '50256': -100 } } },
  'stop sequences': { stop: ['three'] },
  'six stop sequences': { stop: ['1', '2', '3', '4', '5', '6'] },
  'two choices': { choices: 2 },
  'log probabilities': { logprobs: true },
  prediction: { prediction: 'Grüße' },
  verbosity: { verbosity: 'low' },
  'service tier': { tier: 'priority' },
  'cache breakpoint': { cacheMarks: ['user 5m'] },
  'cache breakpoints everywhere': { cacheMarks: ['tools 1h', 'system 1h', 'result 5m'] },
  'automatic cache breakpoint': { cacheMarks: ['user 5m'] },
} as const satisfies { readonly [name: string]: Partial<Asked> };

/** Questions put to an endpoint that lacks a parameter. */
export const WITHOUT: { readonly [question in QuestionName]?: Parameter } = {
  'JSON schema, emulated': 'structured_outputs',
};

export type QuestionName = keyof typeof QUESTIONS;
export const QUESTION_NAMES = Object.keys(QUESTIONS) as QuestionName[];
