import type { Native } from '../../../call/message.ts';

const QUOTE = 34;
const BACKSLASH = 92;

/** One tool call whose arguments are being written. */
export type OpenTool = {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly native?: Native;
  /** Arguments that came but were not written yet: another call's block is open. */
  held: string;
  depth: number;
  isInString: boolean;
  isEscaped: boolean;
  /** The outermost bracket was closed: nothing can follow. */
  isWhole: boolean;
};

export const openTool = (call: Pick<OpenTool, 'index' | 'id' | 'name' | 'native'>): OpenTool => ({
  index: call.index,
  id: call.id,
  name: call.name,
  ...(call.native && { native: call.native }),
  held: '',
  depth: 0,
  isInString: false,
  isEscaped: false,
  isWhole: false,
});

/** Follows the arguments' brackets, each character once, however many pieces they come in. */
export function follow(tool: OpenTool, text: string): void {
  for (let at = 0; at < text.length && !tool.isWhole; at++) {
    const code = text.charCodeAt(at);
    if (tool.isEscaped) tool.isEscaped = false;
    else if (tool.isInString && code === BACKSLASH) tool.isEscaped = true;
    else if (code === QUOTE) tool.isInString = !tool.isInString;
    else if (tool.isInString) continue;
    else if (code === 123 || code === 91) tool.depth++;
    else if (code === 125 || code === 93) tool.isWhole = --tool.depth <= 0;
  }
}
