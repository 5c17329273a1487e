/** The media of the matrix: each the shortest thing of its kind, at an address and as base64. */
export type Medium = { readonly url: string; readonly mediaType: string; readonly data: string };

export const PICTURE: Medium = {
  url: 'https://media.example/dot.png',
  mediaType: 'image/png',
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
};
export const DOCUMENT: Medium = {
  url: 'https://media.example/line.pdf',
  mediaType: 'application/pdf',
  data: 'JVBERi0xLjEKJWRvY3VtZW50Cg==',
};
export const SOUND: Medium = {
  url: 'https://media.example/click.wav',
  mediaType: 'audio/wav',
  data: 'UklGRiQAAABXQVZFZm10IBAAAAABAAEA',
};
export const FILM: Medium = {
  url: 'https://media.example/blink.mp4',
  mediaType: 'video/mp4',
  data: 'AAAAGGZ0eXBtcDQyAAAAAG1wNDFpc29t',
};

export const MEDIA: { readonly [name: string]: Medium } = {
  picture: PICTURE,
  document: DOCUMENT,
  sound: SOUND,
  film: FILM,
};

export const dataUrl = ({ mediaType, data }: Medium): string => `data:${mediaType};base64,${data}`;

/** Which of the matrix's media this is: by URL, data URL or bare base64. */
export function mediumOf(source: string): string {
  const data = source.replace(/^data:[^,]*,/, '');
  const found = Object.entries(MEDIA).find(([, medium]) => medium.url === source || medium.data === data);
  return found?.[0] ?? `unknown: ${source.slice(0, 40)}`;
}
