import type { Call } from './call.ts';

/** OpenRouter's `supported_parameters` vocabulary (spec §1.8). An endpoint's features are told in these words. */
export const PARAMETERS = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'top_a',
  'frequency_penalty',
  'presence_penalty',
  'repetition_penalty',
  'max_tokens',
  'max_completion_tokens',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'prediction',
  'seed',
  'response_format',
  'structured_outputs',
  'stop',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'include_reasoning',
  'reasoning',
  'reasoning_effort',
  'web_search_options',
  'verbosity',
] as const;
/** A parameter by which endpoints are told apart, under OpenRouter's name. */
export type Parameter = (typeof PARAMETERS)[number];

/** The parameters that this call really sends: what `provider.require_parameters` demands of an endpoint. */
export function parametersOf(call: Call): Parameter[] {
  const sent: Parameter[] = [];
  for (const name of Object.keys(call.sampling)) if (isParameter(name)) sent.push(name);
  if (call.maxOutputTokens !== undefined) sent.push('max_tokens');
  if (call.stop.length > 0) sent.push('stop');
  if (call.tools.length > 0) sent.push('tools');
  if (call.toolChoice && call.toolChoice.type !== 'auto') sent.push('tool_choice');
  if (call.parallelToolCalls !== undefined) sent.push('parallel_tool_calls');
  if (call.output.type === 'json') sent.push('response_format');
  if (call.output.type === 'json-schema') sent.push('response_format', 'structured_outputs');
  if (call.reasoning && call.reasoning.effort !== 'none') sent.push('reasoning');
  if (call.prediction) sent.push('prediction');
  if (call.verbosity !== undefined) sent.push('verbosity');
  return sent;
}

const isParameter = (name: string): name is Parameter => (PARAMETERS as readonly string[]).includes(name);
