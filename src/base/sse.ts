import { brokenFrame, type Frame, type FrameSplitter } from './frame.ts';
import { LIMITS } from './limits.ts';
import { createLineSplitter } from './lines.ts';

const COLON = 58;
const SPACE = 32;

/**
 * Server-sent events, as the WHATWG HTML standard (section 9.2.6) reads them, except that an event whose closing blank
 * line is missing at the end of the bytes still counts. Comments, `id:` and `retry:` are ignored. An event larger than
 * `bytesMax` gives one exception frame, and nothing after it.
 */
export function createSseSplitter(bytesMax: number = LIMITS.frame_bytes_max): FrameSplitter {
  let frames: Frame[] = [];
  let event: string | null = null;
  let data: string | null = null;
  let size = 0;
  let first = true;
  let broken = false;

  const close = (): void => {
    if (data !== null) frames.push({ event, data });
    event = null;
    data = null;
    size = 0;
  };

  const tooLarge = (length: number): boolean => {
    if (broken || size + length <= bytesMax) return broken;
    broken = true;
    data = null;
    frames.push(brokenFrame(`An event of the stream is larger than ${bytesMax} bytes.`));
    return true;
  };

  const lines = createLineSplitter((bytes, start, end) => {
    if (tooLarge(end - start)) return;
    let from = start;
    if (first) {
      first = false;
      if (bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) from += 3;
    }
    if (from >= end) return close();
    const name = fieldAt(bytes, from, end);
    if (name === null) return;
    let value = from + name.length;
    if (value < end) value++;
    if (value < end && bytes[value] === SPACE) value++;
    const text = bytes.toString('utf8', value, end);
    size += end - start;
    if (name === 'event') event = text === '' ? null : text;
    else data = data === null ? text : `${data}\n${text}`;
  });

  const taken = (): Frame[] => {
    const all = frames;
    frames = [];
    return all;
  };

  return {
    push: (bytes) => {
      if (broken) return [];
      lines.push(bytes);
      tooLarge(lines.pending());
      return taken();
    },
    end: () => {
      if (broken) return [];
      lines.end();
      close();
      return taken();
    },
  };
}

/** The name of the line's field if it is one we read. */
function fieldAt(bytes: Buffer, from: number, end: number): 'data' | 'event' | null {
  if (is(bytes, from, end, 'data')) return 'data';
  return is(bytes, from, end, 'event') ? 'event' : null;
}

function is(bytes: Buffer, from: number, end: number, name: string): boolean {
  const after = from + name.length;
  if (after > end || (after < end && bytes[after] !== COLON)) return false;
  for (let at = 0; at < name.length; at++) if (bytes[from + at] !== name.charCodeAt(at)) return false;
  return true;
}
