/** What anybody would try, in rows that are read either way. */
const ROWS = ['0123456789', '1234567890', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'].flatMap(
  (row) => [row, [...row].reverse().join('')],
);
/** What stands where a key was to be put: taken from the examples of many programs. */
const WORDS =
  /change|replace|please|insert|enter|your|here|this|with|dummy|fake|sample|example|placeholder|secret|password|passwd|token|default|admin|test|letmein|switchwright|master|openrouter|litellm|api|key|me/g;
const PREFIX = /^sk-(?:(?:ant|live|litellm|or|proj|sw|svcacct)-)?(?:v\d-)?/;
const PART_MIN = 3;
const SAME = /^(.)\1+$/;
/** Of 300,000 random keys of 16 hexadecimal digits, the shortest that are long enough, seven had less (2026-11-29). */
const SURPRISES_MIN = 10;
const DISTINCT_MIN = 5;

/** Made up for tests: of the form of a key, and no example's words that somebody forgot to fill in. */
export const isMadeUp = (key: string): boolean => key.startsWith('sk-') && !UNFILLED.test(key);
const UNFILLED = /change|replace|your|insert|enter|placeholder|passw|example|letmein/i;

/**
 * Could somebody guess this key, however long it is? It is read as a program that packs it would: what was there before
 * (`aaaa`, `changemechangeme`), rows (`1234`, `qwerty`) and customary words count as one character each. It cannot tell a
 * random key from a sentence.
 */
export function isGuessable(key: string): boolean {
  const text = key.toLowerCase().replace(PREFIX, '').replace(WORDS, ' ');
  let surprises = 0;
  for (let at = 0; at < text.length; at += partAt(text, at)) surprises++;
  return surprises < SURPRISES_MIN || new Set(text).size < DISTINCT_MIN;
}

/** How many characters from here on were to be expected; 1 if none. */
function partAt(text: string, at: number): number {
  let length = 1;
  for (let next = PART_MIN; at + next <= text.length; next++) {
    const part = text.slice(at, at + next);
    // From any place before this one, also into itself: `abab` is an a, a b, and what was there before.
    if (text.indexOf(part) >= at && !SAME.test(part) && !ROWS.some((row) => row.includes(part))) break;
    length = next;
  }
  return length;
}
