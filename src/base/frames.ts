import { createAwsSplitter } from './aws-event-stream.ts';
import type { FrameSplitter, Framing } from './frame.ts';
import { createNdjsonSplitter } from './ndjson.ts';
import { createSseSplitter } from './sse.ts';

/** The splitter of a framing, with the default limit `LIMITS.frame_bytes_max`. */
export function createSplitter(framing: Framing): FrameSplitter {
  switch (framing) {
    case 'sse':
      return createSseSplitter();
    case 'ndjson':
      return createNdjsonSplitter();
    case 'aws-event-stream':
      return createAwsSplitter();
    default:
      return framing satisfies never;
  }
}
