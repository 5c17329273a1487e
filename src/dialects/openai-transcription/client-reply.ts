import type { Json, JsonObject } from '../../base/json.ts';
import type { Transcript, TranscriptionCall, TranscriptSegment } from '../../call/transcription.ts';
import { completionTokens, promptTokens } from '../../call/usage.ts';
import { encodeBill } from '../bill.ts';
import type { AnswerContext, EncodedText } from '../dialect.ts';

/** A body of `POST /audio/transcriptions`. */
export function encodeReply(reply: Transcript, { call, extra }: AnswerContext<'transcription'>): Json {
  const { text, language, segments, words } = reply;
  if (call.format !== 'verbose_json') return { text, usage: encodeUsage(reply, call), ...extra };
  const seconds = secondsOf(reply, call);
  const shown = call.details.length === 0 || call.details.includes('segment');
  return {
    task: call.task,
    ...(language !== undefined && { language }),
    ...(seconds !== undefined && { duration: seconds }),
    text,
    ...(segments && shown && { segments: segments.map(encodeSegment) }),
    ...(words && call.details.includes('word') && { words: words.map((word) => ({ ...word })) }),
    usage: encodeUsage(reply, call),
    ...extra,
  };
}

/** The figures that OpenAI's libraries demand of each segment. */
const FIGURES = {
  seek: 0,
  tokens: [],
  temperature: 0,
  avg_logprob: 0,
  compression_ratio: 0,
  no_speech_prob: 0,
} as const;

const encodeSegment = ({ native, ...segment }: TranscriptSegment, id: number): JsonObject => ({
  ...FIGURES,
  ...native,
  id,
  ...segment,
});

const secondsOf = ({ duration }: Transcript, { audio }: TranscriptionCall): number | undefined =>
  duration ?? audio.recording?.seconds ?? undefined;

/** By tokens where those are told, else by time. */
function encodeUsage(reply: Transcript, call: TranscriptionCall): JsonObject {
  const { usage, bill } = reply;
  const seconds = secondsOf(reply, call);
  const input = usage ? promptTokens(usage) : 0;
  const output = usage ? completionTokens(usage) : 0;
  const isByToken = input + output > 0;
  return {
    type: isByToken ? 'tokens' : 'duration',
    ...(seconds !== undefined && { seconds }),
    ...(isByToken && { input_tokens: input, output_tokens: output, total_tokens: input + output }),
    ...(bill && encodeBill(bill)),
  };
}

/** What is no JSON: the bare text, subtitles, and the events of a stream. */
export function encodeText(reply: Transcript, answer: AnswerContext<'transcription'>): EncodedText | undefined {
  const { call } = answer;
  if (call.stream && (call.format === 'json' || call.format === 'verbose_json')) return asEvents(reply, answer);
  switch (call.format) {
    case 'text':
      return { type: PLAIN, text: `${reply.text}\n` };
    case 'srt':
      return {
        type: PLAIN,
        text: linesOf(reply)
          .map((line, at) => `${at + 1}\n${spanOf(line, ',')}\n${line.text.trim()}\n`)
          .join('\n'),
      };
    case 'vtt':
      return {
        type: 'text/vtt; charset=utf-8',
        text: ['WEBVTT\n', ...linesOf(reply).map((line) => `${spanOf(line, '.')}\n${line.text.trim()}\n`)].join('\n'),
      };
    case 'json':
    case 'verbose_json':
      return undefined;
    default:
      return call.format satisfies never;
  }
}

const PLAIN = 'text/plain; charset=utf-8';
const linesOf = ({ segments = [] }: Transcript): readonly TranscriptSegment[] => segments;
const spanOf = ({ start, end }: TranscriptSegment, point: ',' | '.'): string =>
  `${clockOf(start, point)} --> ${clockOf(end, point)}`;

/** `01:02:03,456` */
function clockOf(seconds: number, point: ',' | '.'): string {
  const whole = Math.round(seconds * 1_000);
  const part = (value: number, digits: number): string => String(Math.floor(value)).padStart(digits, '0');
  return `${part(whole / 3_600_000, 2)}:${part((whole / 60_000) % 60, 2)}:${part((whole / 1_000) % 60, 2)}${point}${part(whole % 1_000, 3)}`;
}

/** Hosts answer in one piece: so do the events, of which every program puts the text together. */
function asEvents(reply: Transcript, { call, extra }: AnswerContext<'transcription'>): EncodedText {
  const delta = { type: 'transcript.text.delta', delta: reply.text };
  const done = { type: 'transcript.text.done', text: reply.text, usage: encodeUsage(reply, call), ...extra };
  const text = [delta, done].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
  return { type: 'text/event-stream', text };
}
