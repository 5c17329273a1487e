/**
 * Does a text have this form? `*` stands for any characters, also for none; letters are compared without case. Takes time
 * in the product of the lengths at most, whatever the pattern.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern.length === text.length && pattern.toLowerCase() === text.toLowerCase();
  const wanted = pattern.toLowerCase();
  const given = text.toLowerCase();
  let at = 0;
  /** After the last star: where in the pattern, and how much of the text the star has swallowed. */
  let star = -1;
  let swallowed = 0;
  for (let place = 0; place < given.length; ) {
    if (wanted[at] === '*') {
      star = ++at;
      swallowed = place;
    } else if (at < wanted.length && wanted[at] === given[place]) {
      at++;
      place++;
    } else if (star >= 0) {
      at = star;
      place = ++swallowed;
    } else return false;
  }
  while (wanted[at] === '*') at++;
  return at === wanted.length;
}

export const matchesAny = (patterns: readonly string[], text: string): boolean => {
  for (const pattern of patterns) if (matchesPattern(pattern, text)) return true;
  return false;
};

/** The same test for many texts, with the patterns read once: linear in the lengths of both. */
export function matcherOf(patterns: readonly string[]): (text: string) => boolean {
  const exact = new Set<string>();
  const open: (readonly string[])[] = [];
  for (const pattern of new Set(patterns.map((one) => one.toLowerCase()))) {
    if (pattern.includes('*')) open.push(pattern.split('*'));
    else exact.add(pattern);
  }
  return (text) => {
    const given = text.toLowerCase();
    return exact.has(given) || open.some((pieces) => holds(pieces, given));
  };
}

/** Do the pieces between the stars stand in the text, one after the other? Taking each as early as it comes decides it. */
function holds(pieces: readonly string[], text: string): boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  const end = text.length - last.length;
  if (first.length > end || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (let place = 1; place < pieces.length - 1; place++) {
    const piece = pieces[place] ?? '';
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
