export type Control = { readonly match: string; readonly field: string };

/** The same rules as the server's `grid.ts`, which decides what the first paint shows. */
export function matches({ match }: Control, field: string, wanted: string): boolean {
  if (wanted === '') return true;
  switch (match) {
    case 'search':
      return wanted
        .toLowerCase()
        .split(/\s+/)
        .every((word) => field.includes(word));
    case 'word':
      return field.split(' ').includes(wanted.toLowerCase());
    case 'min':
      return Number(field) >= Number(wanted);
    case 'max':
      return field !== '' && Number(field) <= Number(wanted);
    default:
      return true;
  }
}
