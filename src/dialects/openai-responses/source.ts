import type { Source } from '../../call/message.ts';

/** A URL as a caller wrote it: `data:` URLs become their bytes in base64. */
export function sourceOfUrl(url: string): Source {
  const match = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i.exec(url);
  if (!match) return { kind: 'url', url };
  return { kind: 'base64', mediaType: match[1] || 'application/octet-stream', data: url.slice(match[0].length) };
}

export const dataUrl = (source: Extract<Source, { kind: 'base64' }>): string =>
  `data:${source.mediaType};base64,${source.data}`;
