import type { Source } from '../call/message.ts';

const DATA_URL = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i;

/** A URL as a source: `data:` URLs with base64 become inline bytes, everything else stays a URL. */
export function sourceOfUrl(url: string): Source {
  const head = DATA_URL.exec(url.slice(0, 256));
  if (!head) return { kind: 'url', url };
  return {
    kind: 'base64',
    mediaType: head[1]?.toLowerCase() || 'application/octet-stream',
    data: url.slice(head[0].length),
  };
}

/** A source as a URL; a file id has none. */
export function urlOfSource(source: Source): string | undefined {
  switch (source.kind) {
    case 'url':
      return source.url;
    case 'base64':
      return `data:${source.mediaType};base64,${source.data}`;
    case 'file-id':
      return undefined;
    default:
      return source satisfies never;
  }
}
