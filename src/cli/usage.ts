/** A command was called in a way it does not know: told with its usage, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The whole number that an option holds. */
export function wholeNumber(text: string, option: string, least: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
    throw new UsageError(`${option} takes a whole number from ${least} on, not "${text}".`);
  return value;
}

/** What `parseArgs` refuses is a wrong usage too; its advice on dashes is left out. */
export function asUsageError(cause: unknown): unknown {
  if (!(cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ERR_PARSE_ARGS'))) return cause;
  return new UsageError(`${cause.message.split('. ')[0]?.replace(/\.$/, '')}.`);
}

const COLUMNS = 80;

/** Text in lines of at most 80 columns, broken at spaces; the first begins with `first`, the others with `indent`. */
export function wrapped(text: string, indent = '', first = ''): string {
  const lines: string[] = [];
  let line = first;
  let isBare = true;
  for (const word of text.split(' ')) {
    if (!isBare && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = indent;
      isBare = true;
    }
    line += isBare ? word : ` ${word}`;
    isBare = false;
  }
  return [...lines, line].join('\n');
}
