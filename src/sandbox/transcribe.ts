import { readRecording } from '../base/audio-duration.ts';
import type { JsonObject } from '../base/json.ts';

/** What the sandbox says: its answer's status, and its body as JSON or as text. */
export type SandboxTranscript = { readonly status: number; readonly body: JsonObject };

/**
 * `POST /audio/transcriptions` as OpenAI defines it. Of the sandbox's own WAVE files it knows again what they say, which
 * stands in their comments; of any other recording it tells how long it is.
 */
export async function transcribe(contentType: string, bytes: Buffer): Promise<SandboxTranscript> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => null);
  const file = form?.get('file');
  if (!form || !(file instanceof Blob)) return refusal('The form has no file.');
  const audio = Buffer.from(await file.arrayBuffer());
  const { kind, seconds } = readRecording([audio]);
  if (kind === null || kind === 'other') return refusal('This is no audio.');
  const duration = seconds ?? 1;
  const text = commentOf(audio) ?? `A recording of ${Math.round(duration * 10) / 10} seconds.`;
  const usage = { type: 'duration', seconds: Math.ceil(duration) };
  if (form.get('response_format') !== 'verbose_json') return { status: 200, body: { text, usage } };
  const details = form.getAll('timestamp_granularities[]');
  const words = wordsOf(text, duration);
  return {
    status: 200,
    body: {
      task: 'transcribe',
      language: 'english',
      duration,
      text,
      ...((details.length === 0 || details.includes('segment')) && { segments: [segmentOf(text, duration)] }),
      ...(details.includes('word') && { words }),
      usage,
    },
  };
}

const refusal = (message: string): SandboxTranscript => ({
  status: 400,
  body: { error: { message, type: 'invalid_request_error', param: 'file', code: null } },
});

const segmentOf = (text: string, end: number): JsonObject => ({
  id: 0,
  seek: 0,
  start: 0,
  end,
  text,
  tokens: [],
  temperature: 0,
  avg_logprob: -0.1,
  compression_ratio: 1,
  no_speech_prob: 0,
});

/** All words take equally long. */
function wordsOf(text: string, duration: number): JsonObject[] {
  const words = text.split(/\s+/).filter(Boolean);
  const each = duration / Math.max(1, words.length);
  return words.map((word, at) => ({ word, start: at * each, end: (at + 1) * each }));
}

/** The comment of a WAVE file that the sandbox has written. */
function commentOf(audio: Buffer): string | undefined {
  const at = audio.indexOf('INFOICMT', 0, 'latin1');
  if (at !== 44 || at + 12 > audio.length) return undefined;
  const length = Math.min(audio.readUInt32LE(at + 8), audio.length - at - 12);
  return audio.toString('utf8', at + 12, at + 12 + length).replace(/\0+$/, '');
}
