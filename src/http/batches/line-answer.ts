import type { OutgoingHttpHeaders } from 'node:http';
import type { Answering } from '../answering.ts';

/** The answer to a line of a batch: kept, where others are sent. */
export type LineAnswer = { readonly status: number; readonly headers: OutgoingHttpHeaders; readonly text: string };

/** What a handler of inference writes a line's answer to. `done` hears of it once: null = it broke off. */
export function lineAnswering(url: string, done: (answer: LineAnswer | null) => void): Answering {
  const chunks: Buffer[] = [];
  let head: Pick<LineAnswer, 'status' | 'headers'> | null = null;
  let isOver = false;
  let isFinished = false;
  const closing: (() => void)[] = [];
  const over = (answer: LineAnswer | null): void => {
    if (isOver) return;
    isOver = true;
    isFinished = answer !== null;
    done(answer);
    for (const listener of closing) listener();
  };
  return {
    req: { method: 'POST', url, headers: {}, complete: true },
    get headersSent() {
      return head !== null;
    },
    get destroyed() {
      return isOver;
    },
    get writableFinished() {
      return isFinished;
    },
    writableLength: 0,
    writeHead: (status, headers) => {
      head = { status, headers };
    },
    flushHeaders: () => {},
    write: (data) => {
      chunks.push(Buffer.from(data as string));
      return true;
    },
    end: (text) => {
      if (text !== undefined) chunks.push(Buffer.from(text));
      over(head && { ...head, text: Buffer.concat(chunks).toString() });
    },
    destroy: () => over(null),
    on: (event, listener) => {
      if (event === 'close') closing.push(listener);
    },
    setTimeout: () => {},
  };
}
