import { createHash } from 'node:crypto';
import { restored } from '../../base/blobs.ts';
import { type Fault, fault } from '../../base/fault.ts';
import { isObject, type JsonObject, stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { NO_MONEY } from '../../base/money.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import type { Annotation, FilePart, Message } from '../../call/message.ts';
import { readObject, readOneOf } from '../../call/read.ts';
import { findModel } from '../../catalog/catalog.ts';
import { refuseOthers } from '../open.ts';
import type { Plugin, PluginMeans } from '../plugin.ts';
import { markOf, readByOcr, type Unread, type Waiting, withRead } from './ocr.ts';

/**
 * The contract's words (@openrouter/sdk 1.3.19, PDFParserEngine), and one of ours: `auto` reads the text layer, and has
 * read by OCR what has none. Both middle ones read the text layer here.
 */
const ENGINES = ['native', 'pdf-text', 'cloudflare-ai', 'mistral-ocr', 'auto'] as const;
type Engine = (typeof ENGINES)[number];

/**
 * Gives PDFs to models that read none: their text layer, in the file's place. What was read comes back with the answer as
 * an annotation, and whoever sends that along spares the second reading (openrouter.ai/docs, PDF inputs, read 2026-11-29).
 */
export const fileParser: Plugin<Engine | null> = {
  id: 'file-parser',
  read: (to, entry, path) => {
    refuseOthers(to, entry, ['pdf'], path);
    const pdf = readObject(to, entry, 'pdf', `${path}.pdf`);
    return (pdf && readOneOf(to, pdf, 'engine', ENGINES, `${path}.pdf.engine`)) ?? null;
  },
  rescues: (call, { metadata }) =>
    metadata?.failed_routing_step === 'input_modalities' && pdfsIn(call).length > 0
      ? { id: 'file-parser', pdf: { engine: 'auto' } }
      : undefined,
  open: (engine, means) => {
    let annotations: readonly Annotation[] = [];
    let waiting: Waiting = new Map();
    const { ocrModel } = means;
    return {
      call: (call) => {
        if (engine === 'mistral-ocr' && ocrModel === null) return failed(NO_OCR);
        if (engine === 'native' || (engine === null && takesFiles(call, means))) return ok(call);
        const files = pdfsIn(call);
        if (files.length === 0) return ok(call);
        return parsed(call, files, { means, engine: engine ?? 'auto' }).then((read) => {
          if (!read.ok) return read;
          ({ annotations, waiting } = read.value);
          return ok(read.value.call);
        });
      },
      ...(ocrModel !== null && {
        ahead: (call) =>
          waiting.size === 0
            ? null
            : {
                priceMax: NO_MONEY,
                ms: LIMITS.ocr_ms,
                run: async (_, ask) => {
                  const read = await readByOcr(call, waiting, { ask, model: ocrModel });
                  if (!read.ok) return read;
                  annotations = [
                    ...annotations,
                    ...[...read.value].map(([placed, text]) => annotationOf({ ...placed, text })),
                  ];
                  const done = withRead(call, waiting, read.value);
                  return ok({ call: done, cost: NO_MONEY, by: ocrModel, pages: [] });
                },
              },
      }),
      answer: (reply) => ({
        ...reply,
        choices: reply.choices.map((choice) =>
          choice.index === 0 ? { ...choice, annotations: [...(choice.annotations ?? []), ...annotations] } : choice,
        ),
      }),
      events: (steps) =>
        steps.flatMap((step) =>
          step.type === 'finish' && step.choice === 0
            ? [...annotations.map((annotation) => ({ type: 'annotation' as const, choice: 0, annotation })), step]
            : [step],
        ),
    };
  },
};

const NO_OCR: Fault = fault(
  'invalid_request',
  'OCR is not set up here: the operator has set no SWITCHWRIGHT_OCR_MODEL. The engine pdf-text reads the text layer of PDFs, and native leaves them to the model.',
  { param: 'plugins' },
);

const takesFiles = ({ model, models }: Call, { catalog }: PluginMeans): boolean =>
  [model ?? '', ...models].every((name) => findModel(catalog, name)?.input.includes('file') ?? true);

const isPdf = ({ source, filename }: FilePart): boolean =>
  source.kind === 'base64'
    ? source.mediaType === 'application/pdf'
    : source.kind === 'url' && (/\.pdf(?:[?#]|$)/i.test(source.url) || /\.pdf$/i.test(filename ?? ''));

const pdfsIn = ({ messages }: Call): readonly FilePart[] =>
  messages.flatMap(({ parts }) => parts.filter((part): part is FilePart => part.type === 'file' && isPdf(part)));

type Parsed = {
  readonly call: Call;
  readonly annotations: readonly Annotation[];
  readonly waiting: Waiting;
};
type Parsing = { readonly means: PluginMeans; readonly engine: Engine };

async function parsed(
  call: Call,
  files: readonly FilePart[],
  { means, engine }: Parsing,
): Promise<Result<Parsed, Fault>> {
  if (files.length > LIMITS.pdfs_max)
    return failed(fault('invalid_request', `More than ${LIMITS.pdfs_max} PDFs are not read for one request.`));
  const known = knownTexts(call.messages);
  const texts = new Map<FilePart, string>();
  const annotations = new Map<string, Annotation>();
  const waiting = new Map<string, Unread>();
  const hasOcr = means.ocrModel !== null;
  for (const [at, file] of files.entries()) {
    const name = file.filename ?? `file ${at + 1}`;
    const refuse = (why: string): Result<never, Fault> =>
      failed(fault('invalid_request', `The PDF ${name.slice(0, 100)}: ${why}.`, { param: 'messages' }));
    const bytes = await bytesOf(file, call, means);
    if (!bytes.ok) return refuse(bytes.error);
    const hash = createHash('sha256').update(bytes.value).digest('hex');
    const earlier = known.get(hash);
    const read =
      earlier !== undefined ? ok(earlier) : engine === 'mistral-ocr' ? ok('') : await means.readPdf(bytes.value);
    if (!read.ok) return refuse(read.error);
    if (read.value === '') {
      if (!hasOcr) return refuse('it has no text layer, and OCR is not set up here; a model that reads files may');
      if (engine !== 'auto' && engine !== 'mistral-ocr')
        return refuse('it has no text layer; the engine mistral-ocr reads it');
      const mark = markOf({ hash, name });
      waiting.set(mark, { hash, name, bytes: bytes.value });
      texts.set(file, mark);
      continue;
    }
    texts.set(file, `PDF ${JSON.stringify(name)}:\n${read.value}`);
    annotations.set(hash, annotationOf({ hash, name, text: read.value }));
  }
  const read = { ...call, messages: withTexts(call.messages, texts) };
  return ok({ call: read, annotations: [...annotations.values()], waiting });
}

const withTexts = (messages: readonly Message[], texts: ReadonlyMap<FilePart, string>): readonly Message[] =>
  messages.map((message) =>
    message.parts.some((part) => texts.has(part as FilePart))
      ? ({
          ...message,
          parts: message.parts.map((part) => {
            const text = texts.get(part as FilePart);
            return text === undefined ? part : { type: 'text', text };
          }),
        } as Message)
      : message,
  );

async function bytesOf(
  { source }: FilePart,
  { blobs = [] }: Call,
  means: PluginMeans,
): Promise<Result<Uint8Array, string>> {
  if (source.kind === 'base64') {
    const bytes = Buffer.from(restored(source.data, blobs), 'base64');
    return bytes.length > LIMITS.pdf_bytes_max ? failed(`it has more than ${LIMITS.pdf_bytes_max} bytes`) : ok(bytes);
  }
  if (source.kind !== 'url') return failed('it lies at a vendor, and cannot be read here');
  const request = { method: 'GET', url: source.url, headers: {}, body: null, reach: 'public' } as const;
  const fetched = await means.fetching(request, { bytesMax: LIMITS.pdf_bytes_max, timeoutMs: LIMITS.pdf_ms });
  if (!fetched.ok) return failed(`it could not be fetched: ${fetched.error.message}`);
  const { status, body } = fetched.value;
  return status === 200 ? ok(body) : failed(`its address answers with status ${status}`);
}

type ReadFile = { readonly hash: string; readonly name: string; readonly text: string };

/** OpenRouter's shape of a parsed file. */
const annotationOf = ({ hash, name, text }: ReadFile): Annotation => ({
  type: 'native',
  value: { type: 'file', file: { hash, name, content: [{ type: 'text', text }] } },
});

/** What earlier answers brought along, by the hash of the file: its caller may change it, and hurts nobody but itself. */
function knownTexts(messages: readonly Message[]): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  for (const { parts } of messages)
    for (const part of parts)
      for (const annotation of part.type === 'text' ? (part.annotations ?? []) : [])
        if (annotation.type === 'native' && isObject(annotation.value.file)) addFile(known, annotation.value.file);
  return known;
}

function addFile(known: Map<string, string>, { hash, content }: JsonObject): void {
  const texts = (Array.isArray(content) ? content : []).map((part) => (isObject(part) ? stringOf(part.text) : ''));
  const text = texts.join('\n').trim();
  if (typeof hash === 'string' && text !== '') known.set(hash, text);
}
