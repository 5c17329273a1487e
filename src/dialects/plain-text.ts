/** A body that is no JSON, if it is short enough to be a sentence and not a page. */
export function plainText(raw: string): string | undefined {
  const text = raw.trim();
  return text === '' || text.length > 500 || /^[<{[]/.test(text) ? undefined : text;
}
