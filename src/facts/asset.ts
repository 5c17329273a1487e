/** Something a caller named by URL that must be had as bytes before the request can be written. */
export type Asset = { readonly url: string; readonly kind: 'image' | 'file' | 'audio' | 'video' };

/** The bytes of every asset of a call, by URL. */
export type Assets = ReadonlyMap<string, { readonly mediaType: string; readonly data: Uint8Array }>;
