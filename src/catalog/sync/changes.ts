import type { ModelFile } from '../schema.ts';

/** What a sync would do to the files below `models/`. Paths are sorted. */
export type Changes = {
  readonly added: readonly string[];
  readonly changed: readonly Change[];
  readonly removed: readonly string[];
  /** Files kept by hand, which a sync leaves as they are though models.dev lists the model. */
  readonly byHand: readonly string[];
};
/** A file that a sync would write otherwise, and the lines that differ. */
export type Change = { readonly path: string; readonly lines: readonly string[] };

/** A model file as it lies there: its text, what it says, and whether a sync may write it anew. */
export type ModelFileOnDisk = { readonly text: string; readonly table: ModelFile; readonly generated: boolean };

/** Compares what is written with what a sync says. `read` parses a new text. */
export function changesOf(
  before: ReadonlyMap<string, ModelFileOnDisk>,
  files: ReadonlyMap<string, string>,
  read: (text: string) => object,
): Changes {
  const added: string[] = [];
  const changed: Change[] = [];
  const byHand: string[] = [];
  for (const [path, text] of files) {
    const old = before.get(path);
    if (!old) added.push(path);
    else if (!old.generated) byHand.push(path);
    else if (old.text !== text) changed.push({ path, lines: differences(old.table, read(text)) });
  }
  const removed = [...before].filter(([path, { generated }]) => generated && !files.has(path)).map(([path]) => path);
  return {
    added: added.sort(),
    changed: changed.sort((a, b) => (a.path < b.path ? -1 : 1)),
    removed: removed.sort(),
    byHand: byHand.sort(),
  };
}

/** One line for each member that is not the same, by its dotted name. */
export function differences(before: object, after: object): string[] {
  const old = new Map(flat(before, ''));
  const now = new Map(flat(after, ''));
  const lines: string[] = [];
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const [from, to] = [old.get(name), now.get(name)];
    if (from === to) continue;
    if (from === undefined) lines.push(`+ ${name} = ${to}`);
    else if (to === undefined) lines.push(`- ${name} = ${from}`);
    else lines.push(`~ ${name}: ${from} → ${to}`);
  }
  return lines;
}

function* flat(value: object, prefix: string): Generator<readonly [name: string, value: string]> {
  for (const [key, member] of Object.entries(value)) {
    const name = prefix === '' ? key : `${prefix}.${key}`;
    const plain = typeof member !== 'object' || member === null || member instanceof Date || isFlat(member);
    if (plain) yield [name, JSON.stringify(member)];
    else yield* flat(member, name);
  }
}

const isFlat = (value: object): boolean => Array.isArray(value) && value.every((entry) => typeof entry !== 'object');

const idOf = (path: string): string => path.replace(/\.toml$/, '').replace('+', ':');

/** Changes as text for a person: what is added, what is removed, and what changes and how. */
export function describeChanges({ added, changed, removed, byHand }: Changes): string {
  return [
    ...added.map((path) => `+ ${idOf(path)}`),
    ...removed.map((path) => `- ${idOf(path)}`),
    ...changed.flatMap(({ path, lines }) => [`~ ${idOf(path)}`, ...lines.map((line) => `    ${line}`)]),
    ...byHand.map((path) => `= ${idOf(path)} (kept by hand)`),
  ].join('\n');
}
