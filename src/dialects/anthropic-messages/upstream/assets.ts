import type { Call } from '../../../call/call.ts';
import type { Asset } from '../../../facts/asset.ts';

/** The images and documents that the call names by URL, each once. */
export function urlsOf(call: Call): Asset[] {
  const assets = new Map<string, Asset>();
  for (const message of call.messages)
    for (const part of message.parts)
      if ((part.type === 'image' || part.type === 'file') && part.source.kind === 'url')
        assets.set(part.source.url, { url: part.source.url, kind: part.type });
  return [...assets.values()];
}

export const namesFile = (call: Call): boolean =>
  call.messages.some((message) =>
    message.parts.some((part) => (part.type === 'image' || part.type === 'file') && part.source.kind === 'file-id'),
  );
