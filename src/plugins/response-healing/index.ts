import { ok } from '../../base/result.ts';
import type { OutputFormat } from '../../call/call.ts';
import type { AssistantPart } from '../../call/message.ts';
import type { Choice } from '../../call/reply.ts';
import { refuseOthers } from '../open.ts';
import type { Plugin } from '../plugin.ts';
import { heal, type Root } from './heal.ts';

/** Longer answers are left as they are: 1 MB takes some 20 ms. */
const LENGTH_MAX = 1024 * 1024;

/**
 * Puts right the JSON of whole answers to calls that asked for JSON (openrouter.ai/docs, response healing, read
 * 2026-11-29). An answer that was cut off is no mistake of its signs, and stays as it is.
 */
export const responseHealing: Plugin = {
  id: 'response-healing',
  read: (to, entry, path) => {
    refuseOthers(to, entry, [], path);
    return null;
  },
  open: () => {
    let root: Root | null = null;
    return {
      call: (call) => {
        root = call.stream ? null : rootOf(call.output);
        return ok(call);
      },
      answer: (reply) =>
        root === null ? reply : { ...reply, choices: reply.choices.map((choice) => healed(choice, root ?? 'either')) },
    };
  },
};

/** Null = no JSON was asked for. */
function rootOf(output: OutputFormat): Root | null {
  if (output.type === 'json') return 'object';
  if (output.type !== 'json-schema') return null;
  const { type } = output.schema;
  return type === 'object' || type === 'array' ? type : 'either';
}

function healed(choice: Choice, root: Root): Choice {
  const texts = choice.parts.filter(({ type }) => type === 'text');
  const [only] = texts;
  if (choice.finish !== 'stop' || texts.length !== 1 || only?.type !== 'text' || only.text.length > LENGTH_MAX)
    return choice;
  const text = heal(only.text, root);
  if (text === null || text === only.text) return choice;
  return { ...choice, parts: choice.parts.map((part): AssistantPart => (part === only ? { ...only, text } : part)) };
}
