import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Frame } from '../../src/base/frame.ts';
import { createSplitter } from '../../src/base/frames.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../../src/base/json.ts';
import type { Client } from '../matrix/client.ts';
import { CLIENTS, UPSTREAMS } from '../matrix/pairs.ts';
import { QUESTION_NAMES } from '../matrix/questions.ts';
import { bytesOf as bytesOfFrames, errorTranscript, REFUSALS, transcript } from '../matrix/transcripts.ts';
import type { Upstream } from '../matrix/upstream.ts';
import { bytesOf, dialectOf, RECORDINGS } from '../recordings.ts';

/** What is mutated: good calls, answers, streams and refusals of every dialect, ours and recorded ones. */
export type Corpus = {
  readonly calls: readonly { readonly client: Client; readonly body: JsonObject }[];
  readonly replies: readonly { readonly upstream: Upstream; readonly name: string; readonly body: Json }[];
  readonly streams: readonly StreamEntry[];
  readonly refusals: readonly { readonly upstream: Upstream; readonly status: number; readonly body: string }[];
  /** Pieces of JSON to put where they do not belong. */
  readonly donors: readonly Json[];
};
export type StreamEntry = {
  readonly upstream: Upstream;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly frames: readonly Frame[];
};

/** Larger recordings would only make each execution slow. */
const BYTES_MAX = 24_000;

const dialects = resolve(import.meta.dirname, '../../src/dialects');

export function readCorpus(): Corpus {
  const replies: Corpus['replies'][number][] = [];
  const streams: StreamEntry[] = [];
  const refusals: Corpus['refusals'][number][] = [];
  for (const upstream of UPSTREAMS) {
    const { id, framing } = upstream.dialect;
    for (const name of namesOf(id)) {
      const told = transcript(id, name);
      if (!told?.frames) continue;
      if (told.reply !== undefined) replies.push({ upstream, name, body: told.reply });
      streams.push(streamOf(upstream, name, bytesOfFrames(id, framing, told.frames)));
    }
    for (const { name, bytes } of rawStreams(id)) streams.push(streamOf(upstream, name, bytes));
    for (const kind of REFUSALS) {
      const refusal = errorTranscript(id, kind);
      if (refusal) refusals.push({ upstream, ...refusal });
    }
  }
  for (const recording of RECORDINGS) {
    const upstream = UPSTREAMS.find(({ dialect }) => dialect.id === dialectOf(recording));
    const bytes = bytesOf(recording.response);
    if (!upstream || bytes.length > BYTES_MAX) continue;
    const body = parseJson(bytes.toString());
    if (recording.response.status >= 400)
      refusals.push({ upstream, status: recording.response.status, body: bytes.toString() });
    else if (recording.stream) streams.push(streamOf(upstream, recording.id, bytes));
    else if (body !== undefined) replies.push({ upstream, name: recording.id, body });
  }
  const donors = replies
    .flatMap(({ body }) => Object.values(body as JsonObject))
    .filter((value) => value !== undefined);
  return { calls: readCalls(), replies, streams, refusals, donors: donors as Json[] };
}

const folderOf = (id: string): string => (id === 'bedrock-invoke-anthropic' ? 'anthropic-messages' : id);

const namesOf = (id: string): string[] =>
  readdirSync(join(dialects, folderOf(id), 'fixtures/answers')).map((file) => file.replace(/\.json$/, ''));

/** The transcripts that are kept as they come over the network. */
function rawStreams(id: string): { name: string; bytes: Uint8Array }[] {
  const folder = join(dialects, id, 'fixtures');
  if (folderOf(id) !== id) return [];
  return readdirSync(folder)
    .filter((name) => /\.(?:sse|ndjson)$/.test(name))
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

function streamOf(upstream: Upstream, name: string, bytes: Uint8Array): StreamEntry {
  const splitter = createSplitter(upstream.dialect.framing);
  return { upstream, name, bytes, frames: [...splitter.push(bytes), ...splitter.end()] };
}

function readCalls(): Corpus['calls'][number][] {
  const calls: Corpus['calls'][number][] = [];
  for (const client of CLIENTS) {
    for (const question of QUESTION_NAMES) {
      const body = client.ask(question);
      if (body) calls.push({ client, body });
    }
    const folder = join(dialects, client.dialect.id, 'fixtures');
    if (client.dialect.id === 'openai-completions') continue;
    for (const name of readdirSync(folder).filter((file) => /call\.json$/.test(file))) {
      const body = parseJson(readFileSync(join(folder, name), 'utf8'));
      if (isObject(body)) calls.push({ client, body });
    }
  }
  return calls;
}
