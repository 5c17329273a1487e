import type { Call } from '../call/call.ts';
import type { AssistantPart, Message } from '../call/message.ts';
import type { Reply } from '../call/reply.ts';
import type { ChatStep } from '../call/text-run.ts';
import type { Tool } from '../call/tool.ts';
import { callsTools, nineCharacters } from './tool-ids.ts';

/** Names as the vendor is told them, each with the name that the caller gave. */
export type GivenNames = ReadonlyMap<string, string>;

/** What a function may be called: characters that are refused, what the first must be, and how many there may be. */
export type ToolNameRule = { readonly refused: RegExp; readonly first?: RegExp; readonly max: number };

/**
 * What most vendors take: "Tool names can only contain letters, numbers, underscores, and hyphens"
 * (kagent-dev/kagent#1473, read 2026-11-25).
 */
export const CUSTOMARY_NAMES: ToolNameRule = { refused: /[^a-zA-Z0-9_-]/g, max: 64 };

const NONE: GivenNames = new Map();

/**
 * The call with names that this format's vendors take: what one of them allows another refuses, and callers have the
 * same tools everywhere. A list of allowed tools in the vendor's own words is left alone, and all names with it.
 */
export function fitNames(call: Call, rule: ToolNameRule | null): { readonly call: Call; readonly given: GivenNames } {
  if (!rule || call.toolChoice?.type === 'native') return { call, given: NONE };
  if (call.tools.length === 0 && !call.toolChoice && !call.messages.some(callsTools)) return { call, given: NONE };
  const names = namesIn(call);
  const fits = new Map<string, string>();
  for (const name of names) {
    const fit = fitting(name, rule, names);
    if (fit === name) continue;
    fits.set(name, fit);
    names.add(fit);
  }
  if (fits.size === 0) return { call, given: NONE };
  const fit = (name: string): string => fits.get(name) ?? name;
  const choice = call.toolChoice;
  return {
    call: {
      ...call,
      messages: call.messages.map((message) => renamed(message, fit)),
      tools: call.tools.map((tool): Tool => (tool.type === 'function' ? { ...tool, name: fit(tool.name) } : tool)),
      ...(choice?.type === 'function' && { toolChoice: { ...choice, name: fit(choice.name) } }),
    },
    given: new Map([...fits].map(([name, fitted]) => [fitted, name])),
  };
}

function namesIn({ tools, messages, toolChoice }: Call): Set<string> {
  const names = new Set<string>();
  for (const tool of tools) if (tool.type === 'function') names.add(tool.name);
  if (toolChoice?.type === 'function') names.add(toolChoice.name);
  for (const message of messages) {
    if (message.role !== 'assistant') continue;
    for (const part of message.parts) if (part.type === 'tool-call') names.add(part.name);
  }
  return names;
}

/** The same name always fits the same way, or prompts could not be cached. */
function fitting(name: string, { refused, first, max }: ToolNameRule, taken: ReadonlySet<string>): string {
  const clean = name.replace(refused, '_');
  const fit = first && !first.test(clean) ? `_${clean}` : clean;
  if (fit === name && name.length <= max) return name;
  if (fit.length <= max && !taken.has(fit)) return fit;
  return `${fit.slice(0, max - 10)}_${nineCharacters(name)}`;
}

function renamed(message: Message, name: (name: string) => string): Message {
  if (message.role === 'assistant') return { ...message, parts: partsNamed(message.parts, name) };
  return message.role === 'tool' && message.name !== undefined ? { ...message, name: name(message.name) } : message;
}

const partsNamed = (parts: readonly AssistantPart[], name: (name: string) => string): AssistantPart[] =>
  parts.map((part) => (part.type === 'tool-call' ? { ...part, name: name(part.name) } : part));

/** An answer's calls under the names that the caller gave. */
export function givenSteps(steps: readonly ChatStep[], given: GivenNames): ChatStep[] {
  return steps.map((step) =>
    step.type === 'tool-start' ? { ...step, name: given.get(step.name) ?? step.name } : step,
  );
}

export function givenReply(reply: Reply, given: GivenNames): Reply {
  const name = (told: string): string => given.get(told) ?? told;
  return {
    ...reply,
    choices: reply.choices.map((choice) => ({ ...choice, parts: partsNamed(choice.parts, name) })),
  };
}
