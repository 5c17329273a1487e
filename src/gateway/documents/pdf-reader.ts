import { Worker } from 'node:worker_threads';
import { LIMITS } from '../../base/limits.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { World } from '../../base/world.ts';
import type { PdfReport, PdfTask } from './pdf-worker.ts';

/** Reads the text layer of a PDF: pages one behind the other, or why there is none, in words. */
export type ReadPdf = (bytes: Uint8Array) => Promise<Result<string, string>>;

const AT_ONCE_MAX = 2;
const WAITING_MAX = 16;
const HEAP_MB = 256;
/** Buffers count in no heap limit: the process is watched while a file is read. */
const GROWTH_MAX = 384 * 1024 * 1024;
const WATCH_MS = 100;

const readers = new WeakMap<World, ReadPdf>();

/** The one of this process: bounded in files at once, time, memory, pages and text. */
export function pdfReaderOf(world: World): ReadPdf {
  let reader = readers.get(world);
  if (!reader) {
    reader = createReader(world);
    readers.set(world, reader);
  }
  return reader;
}

function createReader(world: World): ReadPdf {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (bytes) => {
    if (running >= AT_ONCE_MAX) {
      if (waiting.length >= WAITING_MAX) return failed('too many files are being read, try again');
      await new Promise<void>((begin) => waiting.push(begin));
    }
    running++;
    try {
      return await readOne(world, bytes);
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}

function readOne(world: World, bytes: Uint8Array): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    const task: PdfTask = {
      bytes: new Uint8Array(bytes),
      pagesMax: LIMITS.pdf_pages_max,
      lengthMax: LIMITS.pdf_text_length_max,
    };
    const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), {
      workerData: task,
      env: {},
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: 32 },
    });
    const before = process.memoryUsage.rss();
    let stopWatching = (): void => {};
    const end = (result: Result<string, string>): void => {
      stopTimer();
      stopWatching();
      void worker.terminate();
      resolve(result);
    };
    const stopTimer = world.after(LIMITS.pdf_ms, () => end(failed(`reading it takes more than ${LIMITS.pdf_ms} ms`)));
    const watch = (): void => {
      if (process.memoryUsage.rss() - before > GROWTH_MAX) end(failed('reading it takes too much memory'));
      else stopWatching = world.after(WATCH_MS, watch);
    };
    watch();
    worker.once('message', (report: PdfReport) =>
      end('text' in report ? ok(report.text) : failed(`it could not be read: ${report.obstacle.replace(/\.$/, '')}`)),
    );
    worker.once('error', () => end(failed('reading it takes too much memory, or it is broken')));
    worker.once('exit', () => end(failed('it could not be read')));
  });
}
