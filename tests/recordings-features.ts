import assert from 'node:assert/strict';
import { FAULTS, type FaultCode } from '../src/base/fault.ts';
import { createCollector } from '../src/call/collect.ts';
import type { Event, ReasoningEvent } from '../src/call/event.ts';
import type { Choice, Reply } from '../src/call/reply.ts';
import { apart } from '../src/call/text-run.ts';
import type { Usage } from '../src/call/usage.ts';
import type { DialectId } from '../src/catalog/dialect-table.ts';
import { UPSTREAM_DIALECTS } from '../src/dialects/registry.ts';
import { sampleCall, sampleTarget, sampleUpstream } from '../src/dialects/samples.ts';
import { readAnswer } from '../src/upstream/read-answer.ts';
import { eventsOfReply } from '../src/upstream/reply-events.ts';
import type { AnswerName } from './matrix/answers.ts';
import { CLIENTS } from './matrix/pairs.ts';
import { REFUSALS, type Refusal } from './matrix/transcripts.ts';
import { bytesOf, dialectOf, isEmbedding, RECORDINGS, type Recording } from './recordings.ts';
import { exclusionOf } from './recordings-exclusions.ts';

/** What a recording is evidence of, in the words of the matrix. */
export type Evidence = AnswerName | Refusal | 'error under 200';

/** Counts of recordings that a program's dialect was shown, by the endpoint's dialect and feature: [whole, streamed]. */
export type EvidenceTable = {
  readonly provenance: { readonly [word: string]: number };
  readonly clients: {
    readonly [client: string]: {
      readonly [dialect: string]: { readonly [feature: string]: readonly [number, number] };
    };
  };
};

/** What a recording shows, found out by reading it as the gateway does. */
function evidenceOf(recording: Recording): Set<Evidence> {
  const { status, headers } = recording.response;
  const id = dialectOf(recording) as DialectId;
  const dialect = UPSTREAM_DIALECTS.chat[id];
  assert(dialect, id);
  const bytes = bytesOf(recording.response);
  if (status >= 300) {
    const refused = dialect.decodeFault({ status, headers, body: bytes.toString(), provider: 'Recorded', now: 0 });
    return refusalOf(faultClass(refused.code));
  }
  const target = sampleTarget(id, { endpoint: { upstreamId: recording.model } });
  const call = sampleCall({ stream: recording.stream });
  const events: Event[] = [];
  const reader = readAnswer({ ...sampleUpstream(target, call), dialect }, headers, {
    events: (steps) => events.push(...apart(steps)),
    replied: (reply) => events.push(...eventsOfReply(reply)),
    failed: (fault) => events.push({ type: 'fault', fault }),
  });
  reader.push(bytes);
  reader.end();
  return new Set([...featuresOf(events), ...(asksForSchema(recording) ? (['structured'] as const) : [])]);
}

const faultClass = (code: FaultCode): string => FAULTS[code].class;

const refusalOf = (kind: string): Set<Evidence> => new Set(REFUSALS.filter((known) => known === kind));

const asksForSchema = ({ request }: Recording): boolean =>
  /"json_schema"|"responseSchema"|"responseJsonSchema"/.test(JSON.stringify(request?.body ?? null));

function featuresOf(events: readonly Event[]): Set<Evidence> {
  const last = events.at(-1);
  if (last?.type === 'fault') {
    if (last.fault.code === 'upstream_truncated') return new Set(['truncated']);
    return new Set(events.some(({ type }) => type === 'text') ? ['stream-error'] : ['error under 200']);
  }
  const collector = createCollector();
  for (const event of events) collector.add(event);
  const reply = collector.reply();
  const found = new Set<Evidence>(reply.choices.flatMap(featuresOfChoice));
  if (reply.choices.length > 1) found.add('two-choices');
  if (reply.serviceTier !== undefined) found.add('service-tier');
  if (hasVendorItems(reply)) found.add('vendor-tool');
  for (const feature of countsIn(reply.usage)) found.add(feature);
  return found;
}

function featuresOfChoice({ parts, finish, stopSequence, annotations = [], logprobs }: Choice): Evidence[] {
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  const calls = parts.filter((part) => part.type === 'tool-call');
  const thoughts = parts.filter((part) => part.type === 'reasoning');
  const found: readonly (readonly [Evidence, boolean])[] = [
    ['text', text !== ''],
    ['unicode', /[^\x20-\x7e\s]/.test(text)],
    ['tool', calls.length === 1],
    ['parallel-tools', calls.length > 1],
    ['zero-argument-tool', calls.some((call) => call.arguments === '{}')],
    ['reasoning', thoughts.some(({ kind, text: thought }) => kind !== 'encrypted' && thought !== '')],
    ['signed-reasoning', thoughts.some(isSigned)],
    ['encrypted-reasoning', thoughts.some((thought) => thought.kind === 'encrypted' && !isSigned(thought))],
    ['refusal', parts.some(({ type }) => type === 'refusal')],
    ['image', parts.some(({ type }) => type === 'image')],
    ['audio', parts.some(({ type }) => type === 'audio')],
    ['length', finish === 'length'],
    ['content-filter', finish === 'content_filter'],
    ['stop-sequence', stopSequence !== undefined],
    ['citations', annotations.some(({ type }) => type === 'url')],
    ['document-citations', annotations.some(({ type }) => type === 'native')],
    ['logprobs', logprobs !== undefined],
  ];
  return found.filter(([, isThere]) => isThere).map(([feature]) => feature);
}

/** Gemini's signatures stand by themselves. */
const isSigned = ({ signature, kind, format }: Pick<ReasoningEvent, 'signature' | 'kind' | 'format'>): boolean =>
  signature !== undefined || (kind === 'encrypted' && format === 'google-gemini-v1');

/** Items, blocks and parts of the vendor's own tools. */
const hasVendorItems = ({ choices }: Reply): boolean =>
  choices.some(({ native }) =>
    Object.keys(native?.fields ?? {}).some((name) => /^item:|^content\[|^parts$/.test(name)),
  );

function countsIn(usage: Usage | undefined): Evidence[] {
  if (!usage) return [];
  const found: readonly (readonly [Evidence, number])[] = [
    ['cache-read', usage.inputCacheRead],
    ['cache-write', usage.inputCacheWrite + usage.inputCacheWrite1h],
    ['reasoning-count', usage.outputReasoning],
    ['predicted-tokens', usage.acceptedPrediction ?? 0],
  ];
  return found.filter(([, count]) => count > 0).map(([feature]) => feature);
}

/** Counts the recordings beside the checkout, for each client those that it is shown. Embeddings are no chats. */
export function countRecordings(): EvidenceTable {
  const chats = RECORDINGS.filter((one) => !isEmbedding(one)).map((recording) => ({
    recording,
    dialect: dialectOf(recording),
    found: ['all', ...evidenceOf(recording)],
  }));
  const provenance = tally(chats.map(({ recording }) => recording.provenance));
  const clients = CLIENTS.map((client) => {
    const shown = chats.filter(({ recording }) => exclusionOf(recording, client) === undefined);
    const dialects = [...new Set(shown.map(({ dialect }) => dialect))].sort();
    const counts = dialects.map((id) => [id, countsOf(shown.filter(({ dialect }) => dialect === id))] as const);
    return [client.dialect.id, Object.fromEntries(counts)] as const;
  });
  return { provenance, clients: Object.fromEntries(clients) };
}

type Found = { readonly recording: Recording; readonly found: readonly string[] };

function countsOf(shown: readonly Found[]): { readonly [feature: string]: readonly [number, number] } {
  const whole = tally(shown.flatMap(({ recording, found }) => (recording.stream ? [] : found)));
  const stream = tally(shown.flatMap(({ recording, found }) => (recording.stream ? found : [])));
  const features = [...new Set([...Object.keys(whole), ...Object.keys(stream)])].sort();
  return Object.fromEntries(features.map((name) => [name, [whole[name] ?? 0, stream[name] ?? 0] as const]));
}

function tally(words: readonly string[]): { readonly [word: string]: number } {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries(counts);
}
