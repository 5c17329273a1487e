/** Something a caller named by URL that must be had as bytes before the request can be written. */
export type Asset = { readonly url: string; readonly kind: 'image' | 'file' | 'audio' | 'video' };

/** What was fetched. Of a large one `mark` stands for its base64, and the body that is sent gets the bytes in its place. */
export type Fetched = { readonly mediaType: string; readonly data: Uint8Array; readonly mark?: string };

/** Every asset of a call, by URL. */
export type Assets = ReadonlyMap<string, Fetched>;
