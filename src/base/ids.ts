/** 32 characters whose order is the order of their codes, without those that are easily mistaken for others. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARACTERS = 10;

export const idCharacter = (bits: number): string => ALPHABET.charAt(bits & 31);

/** Milliseconds since 1970 as the ten characters that ids begin with behind their prefix: ids sort by their time. */
export function timeText(ms: number): string {
  let text = '';
  for (let at = 0, rest = Math.floor(ms); at < TIME_CHARACTERS; at++, rest = Math.floor(rest / 32))
    text = ALPHABET.charAt(rest % 32) + text;
  return text;
}

/** Below every id of that time and later, above every earlier one. */
export const idAt = (prefix: string, ms: number): string => `${prefix}-${timeText(Math.max(0, ms))}`;

/** When an id was given out, in milliseconds since 1970; null = it is not of our form. */
export function timeOfId(id: string): number | null {
  const text = /^[a-z]+-([0-9a-z]{10})[0-9a-z]{14}$/.exec(id)?.[1];
  if (text === undefined) return null;
  let ms = 0;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit === -1) return null;
    ms = ms * 32 + digit;
  }
  return ms;
}
