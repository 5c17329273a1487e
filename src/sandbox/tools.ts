import { objectOf } from '../base/json.ts';
import type { ToolMessage } from '../call/message.ts';
import type { Tool } from '../call/tool.ts';
import { type Prompt, textOf } from './prompt.ts';
import { sampleOf } from './schema-sample.ts';
import type { Speech } from './speech.ts';

type FunctionTool = Extract<Tool, { type: 'function' }>;

/**
 * Calls a tool, and sums up once it has results. Which one: the one that is forced, those that the prompt names (all of
 * them at once where that is allowed), all for a prompt with "each" or "all tools", else the first.
 */
export function speakTools(prompt: Prompt): Speech {
  const { call } = prompt;
  const results = trailingResults(prompt);
  if (results.length > 0) return { text: summaryOf(prompt, results) };
  const offered = call.tools.filter((tool) => tool.type === 'function');
  if (offered.length === 0) return { text: 'No tool was offered, so there is nothing to call.' };
  if (call.toolChoice?.type === 'none') return { text: 'Tools were offered, but calling them is not allowed.' };
  const chosen = choose(prompt, offered);
  const allowed = call.parallelToolCalls === false ? chosen.slice(0, 1) : chosen;
  return {
    calls: allowed.map((tool) => ({
      name: tool.name,
      arguments: objectOf(sampleOf(tool.parameters, prompt.dice, prompt.text.slice(0, 80))),
    })),
  };
}

function choose({ call, text }: Prompt, offered: readonly FunctionTool[]): readonly FunctionTool[] {
  const { toolChoice } = call;
  if (toolChoice?.type === 'function') {
    const forced = offered.filter((tool) => tool.name === toolChoice.name);
    if (forced.length > 0) return forced.slice(0, 1);
  }
  if (/\b(each|every|all)\b[^.]{0,80}\btools?\b/i.test(text)) return offered;
  const words = new Set(text.toLowerCase().match(/[a-z]{3,}/g));
  const named = offered.filter((tool) => wordsOf(tool.name).some((word) => words.has(word)));
  return named.length > 0 ? named : offered.slice(0, 1);
}

/** `getCurrent_weather` → weather, current; verbs that every tool begins with say nothing. */
const wordsOf = (name: string): string[] =>
  (
    name
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]{3,}/g) ?? []
  ).filter((word) => !/^(get|set|the|run|call|fetch|list|tool|function|lookup)$/.test(word));

function trailingResults({ call }: Prompt): ToolMessage[] {
  const results: ToolMessage[] = [];
  for (const message of call.messages.toReversed()) {
    if (message.role !== 'tool') break;
    results.unshift(message);
  }
  return results;
}

function summaryOf({ call }: Prompt, results: readonly ToolMessage[]): string {
  const names = new Map<string, string>();
  for (const message of call.messages)
    if (message.role === 'assistant')
      for (const part of message.parts) if (part.type === 'tool-call') names.set(part.id, part.name);
  const told = results.map((result) => {
    const text = textOf(result).replace(/\s+/g, ' ').trim().slice(0, 500) || 'nothing';
    return `${names.get(result.callId) ?? result.name ?? 'the tool'} ${result.isError ? 'failed with' : 'returned'} ${text}`;
  });
  return `Here is what I found: ${told.join('; ')}.`;
}
