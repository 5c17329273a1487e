/** One piece of an answer and when it came, in milliseconds after the request went out. */
export type Frame = { readonly at: number; readonly text: string };

export type Heard = {
  readonly status: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly frames: readonly Frame[];
  /** The receipt's id. */
  readonly receipt: string | null;
  /** Milliseconds until its head, and until its end. */
  readonly headMs: number | null;
  readonly totalMs: number | null;
  readonly bytes: number;
  readonly error: string | null;
};
export const NOTHING_HEARD: Heard = {
  status: '',
  headers: [],
  frames: [],
  receipt: null,
  headMs: null,
  totalMs: null,
  bytes: 0,
  error: null,
};

/** More is counted and not shown. */
const FRAMES_MAX = 5_000;
const FRAME_LENGTH_MAX = 20_000;

/** Sends what was built and tells what comes back as it comes: a stream by its frames, all else as it is. */
export async function send(
  path: string,
  body: string,
  signal: AbortSignal,
  hear: (heard: Heard) => void,
): Promise<void> {
  const began = performance.now();
  const since = (): number => Math.round(performance.now() - began);
  let heard = NOTHING_HEARD;
  const say = (more: Partial<Heard>): void => {
    heard = { ...heard, ...more };
    hear(heard);
  };
  try {
    const answer = await fetch(path, {
      method: 'POST',
      referrerPolicy: 'no-referrer', // or the gateway's own address would be an app on its board
      headers: { 'content-type': 'application/json' },
      body,
      signal,
    });
    const type = answer.headers.get('content-type') ?? '';
    say({
      status: `${answer.status} ${answer.statusText}`.trim(),
      headers: [...answer.headers],
      receipt: answer.headers.get('x-generation-id'),
      headMs: since(),
    });
    if (!/json|text|event-stream/.test(type)) {
      const bytes = (await answer.arrayBuffer()).byteLength;
      return say({ frames: [{ at: since(), text: `${bytes} bytes of ${type}` }], bytes, totalMs: since() });
    }
    const isStream = /event-stream|ndjson/.test(type);
    const reader = answer.body
      ?.pipeThrough(countingBytes((bytes) => (heard = { ...heard, bytes: heard.bytes + bytes })))
      .pipeThrough(new TextDecoderStream())
      .getReader();
    let text = '';
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      const parts = isStream ? (text + read.value).split(/\r?\n\r?\n|\n(?=\{)/) : [text + read.value];
      text = parts.pop() ?? '';
      if (parts.length > 0) say({ frames: added(heard.frames, parts, since()) });
    }
    const rest = isStream ? text.trim() : pretty(text);
    say({ frames: rest ? added(heard.frames, [rest], since()) : heard.frames, totalMs: since() });
    if (heard.receipt === null) say({ receipt: receiptIn(heard.frames) });
  } catch (cause) {
    if (signal.aborted) return say({ error: 'Stopped.', totalMs: since() });
    say({ error: cause instanceof Error ? cause.message : 'The answer broke off.', totalMs: since() });
  }
}

const countingBytes = (count: (bytes: number) => void) =>
  new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform: (chunk, controller) => {
      count(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });

const added = (frames: readonly Frame[], texts: readonly string[], at: number): readonly Frame[] =>
  frames.length >= FRAMES_MAX
    ? frames
    : [
        ...frames,
        ...texts.filter((text) => text !== '').map((text) => ({ at, text: text.slice(0, FRAME_LENGTH_MAX) })),
      ];

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const receiptIn = (frames: readonly Frame[]): string | null =>
  frames.map(({ text }) => /"(gen-[\w-]{10,})"/.exec(text)?.[1]).find((id) => id !== undefined) ?? null;
