/** Texts that nobody here reads: members by their names from the root on, lists left out. */
const TEXTS: ReadonlySet<string> = new Set([
  ...['messages.content', 'messages.content.text', 'messages.content.content', 'messages.content.content.text'],
  ...['system', 'system.text', 'instructions'],
  ...['input', 'input.content', 'input.content.text', 'input.output', 'input.output.text'],
  ...['contents.parts.text', 'systemInstruction.parts.text', 'system_instruction.parts.text'],
]);

/** Media wherever formats have them, by what stands before the base64. Text and unknown types stay: some dialects read them. */
const TYPE = /(?:(?:image|audio|video)\/[\w.+-]+|application\/pdf)/.source;
const URL_HEAD = new RegExp(
  String.raw`"(?:url|image_url|file_data)"\s{0,9}:\s{0,9}"(data:${TYPE}(?:;[\w=.+-]+)*;base64,)`,
  'y',
);
const DATA_HEAD = new RegExp(
  String.raw`"(?:media_type|mimeType|mime_type)"\s{0,9}:\s{0,9}"${TYPE}"\s{0,99},\s{0,99}"data"\s{0,9}:\s{0,9}"$`,
);
const AUDIO_HEAD = /"input_audio"\s{0,9}:\s{0,99}\{\s{0,99}"data"\s{0,9}:\s{0,9}"$/;
/** What stands before a value, and the head of a data URL, is looked at so far. */
const HEAD_LENGTH_MAX = 256;

/** What a string is whose quote stands at `start`, in the member of this path; `from`: where that begins which may be set aside. */
export function keepableAt(
  bytes: Buffer,
  start: number,
  path: () => string,
): { readonly kind: 'text' | 'media'; readonly from: number } | null {
  const before = bytes.toString('latin1', Math.max(0, start - HEAD_LENGTH_MAX), start + 1);
  const nameEnd = before.lastIndexOf('"', before.length - 2);
  const nameStart = nameEnd <= 0 ? -1 : before.lastIndexOf('"', nameEnd - 1);
  if (nameStart !== -1) {
    URL_HEAD.lastIndex = nameStart;
    const head = URL_HEAD.exec(before + bytes.toString('latin1', start + 1, start + 1 + HEAD_LENGTH_MAX));
    if (head) return { kind: 'media', from: start + 1 + (head[1]?.length ?? 0) };
  }
  if (DATA_HEAD.test(before) || AUDIO_HEAD.test(before)) return { kind: 'media', from: start + 1 };
  return TEXTS.has(path()) ? { kind: 'text', from: start + 1 } : null;
}
