import type { JsonObject } from '../../base/json.ts';
import type { Reply } from '../../call/reply.ts';
import { type ChatStep, textOf } from '../../call/text-run.ts';
import type { Content } from './content.ts';
import { Room } from './shown.ts';

/** Characters of an answer that are logged: text, reasoning and arguments of tools together. */
const ANSWER_MAX = 128 * 1024;

/** Listens to an answer, and holds no more of its first choice than is logged. */
export class Heard {
  readonly #room = new Room(ANSWER_MAX);
  #text: string[] = [];
  #reasoning: string[] = [];
  readonly #tools = new Map<number, { id: string; name: string; arguments: string[] }>();
  #isCut = false;

  #take(texts: string[], text: string): void {
    if (this.#isCut || text === '') return;
    texts.push(this.#room.take(text));
    this.#isCut = this.#room.isFull;
  }

  step(step: ChatStep): void {
    if (!('choice' in step) || step.choice !== 0) return;
    switch (step.type) {
      case 'texts':
        return this.#take(this.#text, textOf(step));
      case 'text':
      case 'refusal':
        return this.#take(this.#text, step.text);
      case 'reasoning':
        return step.kind === 'encrypted' ? undefined : this.#take(this.#reasoning, step.text);
      case 'tool-start':
        if (!this.#isCut) this.#tools.set(step.index, { id: step.id, name: step.name, arguments: [] });
        return;
      case 'tool-arguments': {
        const tool = this.#tools.get(step.index);
        return tool && this.#take(tool.arguments, step.text);
      }
      default:
        return;
    }
  }

  /** The same of an answer that came in one piece. */
  reply(reply: Reply): void {
    for (const [at, part] of (reply.choices[0]?.parts ?? []).entries())
      switch (part.type) {
        case 'text':
        case 'refusal':
          this.#take(this.#text, part.text);
          break;
        case 'reasoning':
          if (part.kind !== 'encrypted') this.#take(this.#reasoning, part.text);
          break;
        case 'tool-call': {
          const tool = { id: part.id, name: part.name, arguments: [] };
          this.#tools.set(at, tool);
          this.#take(tool.arguments, part.arguments);
          break;
        }
        case 'image':
        case 'audio':
          break;
        default:
          part satisfies never;
      }
  }

  output(): Content['output'] {
    const textOrNull = (texts: readonly string[]): string | null => (texts.length === 0 ? null : texts.join(''));
    const calls = [...this.#tools.values()].map(
      ({ id, name, arguments: written }): JsonObject => ({
        id,
        type: 'function',
        function: { name, arguments: written.join('') },
      }),
    );
    return {
      completion: textOrNull(this.#text),
      reasoning: textOrNull(this.#reasoning),
      ...(calls.length > 0 && { tool_calls: calls }),
    };
  }
}
