const QUOTE = 34;
const BACKSLASH = 92;

/** A tool call's arguments while they arrive: whether the JSON value that they are is whole already. */
export type OpenArguments = {
  depth: number;
  isInString: boolean;
  isEscaped: boolean;
  /** The outermost bracket was closed: nothing can follow. */
  isWhole: boolean;
};

export const openArguments = (): OpenArguments => ({ depth: 0, isInString: false, isEscaped: false, isWhole: false });

/** Follows the arguments' brackets, each character once, however many pieces they come in. */
export function follow(open: OpenArguments, text: string): void {
  for (let at = 0; at < text.length && !open.isWhole; at++) {
    const code = text.charCodeAt(at);
    if (open.isEscaped) open.isEscaped = false;
    else if (open.isInString && code === BACKSLASH) open.isEscaped = true;
    else if (code === QUOTE) open.isInString = !open.isInString;
    else if (open.isInString) continue;
    else if (code === 123 || code === 91) open.depth++;
    else if (code === 125 || code === 93) open.isWhole = --open.depth <= 0;
  }
}
