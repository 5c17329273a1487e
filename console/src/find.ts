/** A place to go to or a thing to do. */
export type Entry = {
  readonly label: string;
  readonly hint: string;
  readonly path?: string;
  readonly run?: () => void;
};

const SHOWN_MAX = 50;

/** Entries in which every word occurs: those that begin with the query first, then those with a word that does. */
export function found(entries: readonly Entry[], query: string): readonly Entry[] {
  const wanted = query.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  const ranked = entries.flatMap((entry, at) => {
    const label = entry.label.toLowerCase();
    const hint = entry.hint.toLowerCase();
    if (!words.every((word) => label.includes(word) || hint.includes(word))) return [];
    const isFirst = label.startsWith(wanted) || hint.startsWith(wanted);
    const isWord = ` ${label} ${hint.replace(/[/.-]/g, ' ')}`.includes(` ${wanted}`);
    return { entry, at, rank: isFirst ? 0 : isWord ? 1 : 2 };
  });
  return ranked
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .slice(0, SHOWN_MAX)
    .map(({ entry }) => entry);
}
