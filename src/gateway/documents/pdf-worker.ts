/** Reads the text layer of one PDF on a thread of its own, which ends with it: whatever the file does, it does here. */
import { parentPort, workerData } from 'node:worker_threads';
import { getDocumentProxy } from 'unpdf';

export type PdfTask = { readonly bytes: Uint8Array; readonly pagesMax: number; readonly lengthMax: number };
export type PdfReport = { readonly text: string; readonly pages: number } | { readonly obstacle: string };

const { bytes, pagesMax, lengthMax } = workerData as PdfTask;

async function read(): Promise<PdfReport> {
  const document = await getDocumentProxy(bytes, { disableFontFace: true, verbosity: 0 });
  const pages = document.numPages;
  if (pages > pagesMax) return { obstacle: `it has ${pages} pages, more than ${pagesMax}` };
  let text = '';
  for (let number = 1; number <= pages; number++) {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    for (const item of items) if ('str' in item) text += item.hasEOL ? `${item.str}\n` : item.str;
    text += '\n\n';
    page.cleanup();
    if (text.length > lengthMax) return { obstacle: `it has more than ${lengthMax} characters of text` };
  }
  return { text: text.trim(), pages };
}

read().then(
  (report) => parentPort?.postMessage(report),
  (cause: unknown) =>
    parentPort?.postMessage({ obstacle: cause instanceof Error ? cause.message.slice(0, 200) : 'it is broken' }),
);
