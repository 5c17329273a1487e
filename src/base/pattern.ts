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
