import { brokenFrame, type Frame, type FrameSplitter } from './frame.ts';
import { LIMITS } from './limits.ts';
import { createLineSplitter } from './lines.ts';

/** One JSON value per line; blank lines are skipped. A line larger than `bytesMax` gives one exception frame, the last. */
export function createNdjsonSplitter(bytesMax: number = LIMITS.frame_bytes_max): FrameSplitter {
  let frames: Frame[] = [];
  let broken = false;

  const tooLarge = (length: number): boolean => {
    if (broken || length <= bytesMax) return broken;
    broken = true;
    frames.push(brokenFrame(`A line of the stream is larger than ${bytesMax} bytes.`));
    return true;
  };

  const lines = createLineSplitter((bytes, start, end) => {
    if (tooLarge(end - start)) return;
    const data = bytes.toString('utf8', start, end).trim();
    if (data !== '') frames.push({ event: null, data });
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
      return taken();
    },
  };
}
