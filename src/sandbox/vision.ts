import { readImageHeader } from '../base/image-header.ts';
import { PRODUCT } from '../base/product.ts';
import type { World } from '../base/world.ts';
import type { Source, UserPart } from '../call/message.ts';
import { dominantColours } from './colours.ts';
import { decodeJpegMeans } from './jpeg.ts';
import { decodePng } from './png.ts';
import type { Prompt } from './prompt.ts';
import type { Speech } from './speech.ts';

const IMAGE_BYTES_MAX = 20 * 1024 * 1024;
const FETCH_MS = 10_000;

/** Tells format, pixel size and, for PNG and JPEG, the commonest colours of every image that it is shown; and what else it got. */
export async function speakVision({ call, world }: Prompt): Promise<Speech> {
  const shown = call.messages.flatMap((message): readonly UserPart[] =>
    message.role === 'user' || message.role === 'tool' ? message.parts.filter((part) => part.type !== 'text') : [],
  );
  if (shown.length === 0) return { text: 'I was shown no image.' };
  const descriptions = await Promise.all(shown.map((part) => describe(part, world)));
  const head = `I was shown ${shown.length === 1 ? 'one thing' : `${shown.length} things`}.`;
  return { text: [head, ...descriptions.map((text, index) => `${index + 1}: ${text}`)].join('\n') };
}

async function describe(part: UserPart, world: World): Promise<string> {
  if (part.type === 'text') return part.text;
  const got = await bytesOf(part.source, world);
  if (typeof got === 'string') return `${part.type} that I could not get: ${got}`;
  if (part.type !== 'image') return `${part.type}, ${got.length} bytes`;
  const header = readImageHeader(got);
  if (!header) return `an image that I cannot read, ${got.length} bytes`;
  const pixels = header.format === 'png' ? decodePng(got) : header.format === 'jpeg' ? decodeJpegMeans(got) : null;
  const colours = pixels ? `; mostly ${dominantColours(pixels).join(', ') || 'transparent'}` : '';
  return `${header.format.toUpperCase()} image, ${header.width} × ${header.height} pixels${colours}`;
}

async function bytesOf(source: Source, world: World): Promise<Buffer | string> {
  switch (source.kind) {
    case 'base64':
      return Buffer.from(source.data, 'base64');
    case 'file-id':
      return 'the sandbox keeps no files';
    case 'url':
      return await fetchBytes(source.url, world);
    default:
      return source satisfies never;
  }
}

/** As a vendor would fetch it: from the public internet only. */
function fetchBytes(url: string, world: World): Promise<Buffer | string> {
  return new Promise((resolve) => {
    const parts: Uint8Array[] = [];
    let size = 0;
    let status = 0;
    const settle = (result: Buffer | string): void => {
      stop();
      resolve(result);
    };
    const headers = { 'user-agent': PRODUCT.userAgent };
    const wire = world.request(
      { method: 'GET', url, headers, body: null, reach: 'public' },
      {
        head: (code) => {
          status = code;
        },
        data: (bytes) => {
          size += bytes.length;
          if (size <= IMAGE_BYTES_MAX) parts.push(Buffer.from(bytes));
          else giveUp('too large');
        },
        end: () => settle(status === 200 ? Buffer.concat(parts) : `the host answered with status ${status}`),
        error: (error) => settle(error.message),
      },
    );
    const giveUp = (why: string): void => {
      wire.abort();
      settle(why);
    };
    const stop = world.after(FETCH_MS, () => giveUp(`no answer within ${FETCH_MS} ms`));
  });
}
