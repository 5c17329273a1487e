/** The same id always becomes the same nine letters or digits, which is all that Mistral's models take (FNV-1a, twice). */
export function nineCharacters(id: string): string {
  if (/^[A-Za-z0-9]{9}$/.test(id)) return id;
  return (hash(id, 0x811c9dc5).toString(36) + hash(id, 0x01234567).toString(36)).padStart(9, '0').slice(-9);
}

function hash(text: string, seed: number): number {
  let value = seed;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
