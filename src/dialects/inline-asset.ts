import type { Fetched } from '../facts/asset.ts';

/** What was fetched, for wherever a format wants it inline: its base64, or the mark that stands for it. */
export const base64Of = ({ data, mark }: Fetched): string =>
  mark ?? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
