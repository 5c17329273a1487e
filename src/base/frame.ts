/** One message of a streamed answer, whatever carried it: an SSE event, an AWS event-stream frame or an NDJSON line. */
export type Frame = {
  /** SSE `event:` or AWS `:event-type`; for an AWS exception the `:exception-type`. Null if unnamed. */
  readonly event: string | null;
  /** The payload as text; for SSE its `data:` lines joined by newlines. */
  readonly data: string;
  /** Set when the framing itself says that this is an error (AWS `:message-type` exception or error, or a broken frame). */
  readonly exception?: true;
};

/** How a streamed answer is cut into frames. */
export type Framing = 'sse' | 'ndjson' | 'aws-event-stream';

/** Splits bytes into frames; no chunking of the same bytes changes the frames. Never throws. */
export type FrameSplitter = {
  readonly push: (bytes: Uint8Array) => Frame[];
  /** What stood unfinished when the bytes ended: a last SSE event without its blank line is still an event. */
  readonly end: () => Frame[];
};

/** The frame that stands for bytes that are no frame; it is the last one of its splitter. */
export const brokenFrame = (message: string): Frame => ({
  event: null,
  data: JSON.stringify({ message }),
  exception: true,
});
