/** What another gateway has and there is no word for here: told once for all that have it. */
export type Losses = {
  /** `kind`: in the plural, `keys`. */
  readonly tell: (kind: string, which: string, words: string) => void;
  readonly lines: () => readonly string[];
};

const NAMED_MAX = 3;

export function createLosses(): Losses {
  const told = new Map<string, string[]>();
  return {
    tell: (kind, which, words) => {
      const name = `${kind}\n${words}`;
      told.set(name, [...(told.get(name) ?? []), which]);
    },
    lines: () =>
      [...told].map(([name, which]) => {
        const [kind, words] = name.split('\n');
        const more = which.length > NAMED_MAX ? ` and ${which.length - NAMED_MAX} more` : '';
        return `${kind} ${which.slice(0, NAMED_MAX).join(', ')}${more}: ${words}`;
      }),
  };
}
