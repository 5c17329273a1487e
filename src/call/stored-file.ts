import { type Fault, fault } from '../base/fault.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Call } from './call.ts';
import type { ImageCall } from './image.ts';
import type { ImagePart, Message, Source } from './message.ts';

/** Ids of files that are kept here, which no vendor's id looks like. */
export const FILE_ID = /^or_file_[0-9a-z]{24}$/;
/** How Google's programs name a file: by its resource, or by the address of that. */
const NAMED = /^(?:(?:https?:\/\/[^/?#]+(?:\/[^/?#]+)*\/v1(?:beta)?\/)?files\/)?(or_file_[0-9a-z]{24})$/;

/** What a file that a call names holds: `data` is its base64, or the mark of the blob that is. */
export type StoredContent = { readonly mediaType: string; readonly filename: string; readonly data: string };
export type StoredContents = ReadonlyMap<string, StoredContent>;

/** The file of ours that a source names; undefined where it names anything else. */
export function storedFileIn(source: Source): string | undefined {
  if (source.kind === 'base64') return undefined;
  const name = source.kind === 'url' ? source.url : source.id;
  return name.startsWith(PREFIX, name.length - ID_LENGTH) ? NAMED.exec(name)?.[1] : undefined;
}

const PREFIX = 'or_file_';
const ID_LENGTH = PREFIX.length + 24;

type Part = Message['parts'][number];
type MediaPart = Extract<Part, { readonly source: Source }>;

/** The files of ours that a chat names, each once. */
export function storedFilesIn({ messages }: Call): readonly string[] {
  let ids: Set<string> | null = null;
  for (const { parts } of messages)
    for (const part of parts) {
      const id = 'source' in part ? storedFileIn(part.source) : undefined;
      if (id !== undefined) ids = (ids ?? new Set()).add(id);
    }
  return ids ? [...ids] : NONE;
}

const NONE: readonly string[] = [];

/** The chat with what its files hold in their places. All that it names are among them. */
export function withStoredFiles(call: Call, contents: StoredContents): Result<Call, Fault> {
  const parts = (given: readonly Part[]): readonly Part[] =>
    given.map((part) => ('source' in part ? filled(part, contents) : part));
  const messages = call.messages.map((message) => ({ ...message, parts: parts(message.parts) }) as Message);
  return ok({ ...call, messages });
}

/** A part by what the file is, whatever its sender took it for: a picture among files is a picture. */
function filled(part: MediaPart, contents: StoredContents): MediaPart {
  const content = contents.get(storedFileIn(part.source) ?? '');
  if (!content) return part;
  const { mediaType, data, filename } = content;
  const source: Source = { kind: 'base64', mediaType, data };
  const { native: _, ...own } = part;
  if (part.type !== 'file') return { ...own, source } as MediaPart;
  const { filename: named = filename, type: __, ...rest } = own as typeof part;
  if (mediaType.startsWith('image/')) return { ...rest, type: 'image', source };
  if (mediaType.startsWith('audio/')) return { ...rest, type: 'audio', source, format: SOUND[mediaType] ?? 'wav' };
  if (mediaType.startsWith('video/')) return { ...rest, type: 'video', source };
  return { ...rest, type: 'file', source, filename: named };
}

const SOUND: { readonly [mediaType: string]: string } = {
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
  'audio/ogg': 'ogg',
  'audio/mp4': 'm4a',
};

const picturesOf = ({ references, mask }: ImageCall): readonly ImagePart[] =>
  mask ? [...references, mask] : references;

/** The files of ours that are to be drawn from. */
export const storedPicturesIn = (call: ImageCall): readonly string[] => [
  ...new Set(picturesOf(call).flatMap(({ source }) => storedFileIn(source) ?? [])),
];

export function withStoredPictures(call: ImageCall, contents: StoredContents): Result<ImageCall, Fault> {
  for (const [id, { mediaType }] of contents)
    if (!mediaType.startsWith('image/'))
      return failed(fault('invalid_image', `The file ${id} is no picture but ${mediaType}.`));
  const picture = (part: ImagePart): ImagePart => filled(part, contents) as ImagePart;
  const { references, mask } = call;
  return ok({ ...call, references: references.map(picture), ...(mask && { mask: picture(mask) }) });
}
