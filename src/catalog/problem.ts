/** Why a catalogue was refused: which file, which line (from 1), what is wrong there. */
export type CatalogProblem = { readonly path: string; readonly line: number; readonly reason: string };

export const describeProblem = (problem: CatalogProblem): string =>
  `${problem.path}:${problem.line}: ${problem.reason}`;

const HEADER = /^\s*\[\[?([^\]]+)\]\]?\s*(?:#.*)?$/;
const PAIR = /^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=/;

/** The line (from 1) of the table or key that a path names, or of its closest ancestor that is written down. */
export const lineOf = (text: string, path: readonly (string | number)[]): number => placeOf(text, path).line;

/** The line that a path names, and how many members of the path are written there. */
export function placeOf(text: string, path: readonly (string | number)[]): { line: number; depth: number } {
  const keys = path.filter((part) => typeof part === 'string');
  let table: readonly string[] = [];
  let best = { line: 1, depth: 0 };
  for (const [index, line] of text.split('\n').entries()) {
    const header = HEADER.exec(line)?.[1];
    const pair = header === undefined ? PAIR.exec(line)?.[1] : undefined;
    if (header === undefined && pair === undefined) continue;
    if (header !== undefined) table = keysOf(header);
    const here = pair === undefined ? table : [...table, ...keysOf(pair)];
    const depth = sharedDepth(here, keys);
    if (depth > best.depth) best = { line: index + 1, depth };
  }
  return best;
}

const keysOf = (dotted: string): string[] =>
  [...dotted.matchAll(/"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');

function sharedDepth(here: readonly string[], keys: readonly string[]): number {
  let depth = 0;
  while (depth < here.length && depth < keys.length && here[depth] === keys[depth]) depth++;
  return depth;
}
