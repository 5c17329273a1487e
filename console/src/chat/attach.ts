import type { Attachment } from './conversation.ts';

/** All files of a question together: with base64 they still fit into a request of 32 MiB. */
export const ATTACHED_BYTES_MAX = 20 * 1024 * 1024;
const TEXT_BYTES_MAX = 1024 * 1024;
const TEXT_NAME =
  /\.(txt|md|csv|tsv|json|jsonl|xml|html?|css|js|ts|tsx|jsx|py|rb|go|rs|java|c|h|cpp|cs|php|sh|sql|toml|ya?ml|ini|log)$/i;

/** Reads files as they are sent; a message says why one cannot be. */
export async function attachmentsOf(
  files: readonly File[],
  before: readonly Attachment[],
): Promise<readonly Attachment[] | string> {
  const sum =
    files.reduce((bytes, { size }) => bytes + size, 0) + before.reduce((bytes, { data }) => bytes + data.length, 0);
  if (sum > ATTACHED_BYTES_MAX) return 'These files are more than 20 MB together.';
  const read = await Promise.all(files.map(attachmentOf));
  const wrong = read.find((one): one is string => typeof one === 'string');
  return wrong ?? (read as readonly Attachment[]);
}

async function attachmentOf(file: File): Promise<Attachment | string> {
  const { name, type, size } = file;
  if (/^image\/(png|jpeg|webp|gif)$/.test(type)) return { kind: 'image', name, data: await dataUrlOf(file) };
  if (/^audio\//.test(type)) return { kind: 'audio', name, data: await dataUrlOf(file) };
  if (type === 'application/pdf') return { kind: 'file', name, data: await dataUrlOf(file) };
  if (type.startsWith('text/') || TEXT_NAME.test(name))
    return size > TEXT_BYTES_MAX
      ? `${name} is more than 1 MB of text.`
      : { kind: 'text', name, data: await file.text() };
  return `${name} is neither a picture, a recording, a PDF nor a text.`;
}

const dataUrlOf = (file: File): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
