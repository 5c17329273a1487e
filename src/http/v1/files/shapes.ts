import type { Fault } from '../../../base/fault.ts';
import type { WireHeaders } from '../../../base/world.ts';
import type { EncodedFault } from '../../../dialects/dialect.ts';
import { CLIENT_DIALECTS } from '../../../dialects/registry.ts';
import type { FileRecord } from '../../../files/store.ts';

/** In whose words files are told: OpenRouter's own, OpenAI's or Anthropic's (spec §1.7). */
export type FileShape = 'openrouter' | 'openai' | 'anthropic';

/**
 * The shape that a program means. Anthropic's SDKs always send their API's version, OpenAI's say who they are; a
 * `purpose` is OpenAI's alone. (@anthropic-ai/sdk 1.14, openai 7.57 and openai 3.57 for Python, read 2026-11-29.)
 */
export function fileShape(headers: WireHeaders, purpose: string | undefined): FileShape {
  if (headers['anthropic-version'] !== undefined || headers['anthropic-beta'] !== undefined) return 'anthropic';
  return purpose !== undefined || /\bopenai\//i.test(headers['user-agent'] ?? '') ? 'openai' : 'openrouter';
}

const time = (ms: number): string => new Date(ms).toISOString();
const seconds = (ms: number): number => Math.floor(ms / 1000);

/** What OpenAI's API calls a file that nobody told the purpose of. */
const PURPOSE = 'user_data';

export function fileJson(shape: FileShape, file: FileRecord): object {
  const { id, filename, createdAt, expiresAt } = file;
  if (shape === 'openai')
    return {
      _shape: shape,
      id,
      object: 'file',
      bytes: file.size,
      created_at: seconds(createdAt),
      ...(expiresAt !== null && { expires_at: seconds(expiresAt) }),
      filename,
      purpose: file.purpose ?? PURPOSE,
      status: 'processed',
    };
  return {
    _shape: shape,
    id,
    type: 'file',
    filename,
    mime_type: file.mediaType,
    size_bytes: file.size,
    created_at: time(createdAt),
    downloadable: isDownloadable(file),
    ...(expiresAt !== null && { expires_at: time(expiresAt) }),
  };
}

/** What was uploaded to be shown to models is not given back (the contract says so); what has a purpose of OpenAI's is. */
export const isDownloadable = ({ purpose }: FileRecord): boolean => purpose !== null;

export function filesJson(
  shape: FileShape,
  { files, hasMore }: { readonly files: readonly FileRecord[]; readonly hasMore: boolean },
): object {
  const last = files.at(-1)?.id ?? null;
  const next = hasMore ? last : null;
  return {
    _shape: shape,
    ...(shape === 'openai' && { object: 'list' }),
    data: files.map((file) => fileJson(shape, file)),
    first_id: files[0]?.id ?? null,
    last_id: last,
    has_more: hasMore,
    ...(shape === 'openrouter' && { cursor: next }),
    // Anthropic's SDKs go on by `page` since 1.0; the older ones by the last id.
    ...(shape === 'anthropic' && { next_page: next }),
  };
}

export const deletedJson = (shape: FileShape, id: string): object =>
  shape === 'openai'
    ? { _shape: shape, id, object: 'file', deleted: true }
    : { _shape: shape, id, type: 'file_deleted' };

const REFUSING = { openai: 'openai-chat', openrouter: 'openai-chat', anthropic: 'anthropic-messages' } as const;

export function encodeFileFault(shape: FileShape, value: Fault): EncodedFault {
  const client = CLIENT_DIALECTS.chat[REFUSING[shape]];
  if (!client) throw new Error(`no client dialect for the shape ${shape}`);
  return client.encodeFault(value, { id: null });
}
