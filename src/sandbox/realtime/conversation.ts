import { arrayOf, type JsonObject, objectOf, optionalNumber, stringOf } from '../../base/json.ts';

/** OpenAI's format of audio unless a session says otherwise: 16 bit, 24,000 samples a second, one channel. */
export const BYTES_A_SECOND = 48_000;

export type Said = { readonly text: string; readonly seconds: number };

/** What one item of a conversation says: words, and seconds of audio. */
export function saidIn(item: JsonObject): Said {
  if (item.type === 'function_call_output') return { text: stringOf(item.output), seconds: 0 };
  const parts = arrayOf(item.content).map(objectOf);
  const audio = parts.reduce((sum, { audio: base64 }) => sum + (stringOf(base64).length * 3) / 4, 0);
  return {
    text: parts.map((part) => stringOf(part.text) || stringOf(part.transcript)).join(''),
    seconds: audio / BYTES_A_SECOND,
  };
}

/** What is answered to: the last thing that was said or heard. */
export function answerTo(items: readonly (Said & { readonly role: string })[]): string {
  const last = items.findLast(({ role }) => role !== 'assistant');
  if (!last) return 'There is nothing to answer.';
  const words = Number(/\b(\d{1,4})\s+words\b/i.exec(last.text)?.[1] ?? 0);
  if (words > 0) return Array.from({ length: words }, (_, at) => `word${at + 1}`).join(' ');
  if (last.text !== '') return last.text;
  return `I have heard ${Math.round(last.seconds * 10) / 10} seconds of audio.`;
}

/** The tool of these that a text names. */
export const toolNamed = (tools: JsonObject[string], text: string): string | undefined =>
  arrayOf(tools)
    .map((tool) => stringOf(objectOf(tool).name))
    .find((name) => name !== '' && text.includes(name));

/** A word is a token; so is a tenth of a second that is heard, and a twentieth that is said. */
export const tokensOfText = (text: string): number => text.split(/\s+/).filter(Boolean).length;
export const tokensHeard = (seconds: number): number => Math.ceil(seconds * 10);
export const tokensSaid = (seconds: number): number => Math.ceil(seconds * 20);

/** Is there anybody to be heard in these samples? */
export function isLoud(pcm: Buffer): boolean {
  for (let at = 0; at + 1 < pcm.length; at += 2) if (Math.abs(pcm.readInt16LE(at)) > LOUD) return true;
  return false;
}
const LOUD = 500;

/** What a session is before its program says anything of it. */
export const newSettings = (id: string, model: string, expiresAt: number): JsonObject => ({
  type: 'realtime',
  object: 'realtime.session',
  id,
  model,
  output_modalities: ['audio'],
  instructions: 'Repeat what you hear.',
  tools: [],
  tool_choice: 'auto',
  max_output_tokens: 'inf',
  expires_at: expiresAt,
  audio: {
    input: {
      format: { type: 'audio/pcm', rate: 24_000 },
      transcription: null,
      turn_detection: {
        type: 'server_vad',
        silence_duration_ms: 500,
        create_response: true,
        interrupt_response: true,
      },
    },
    output: { format: { type: 'audio/pcm', rate: 24_000 }, voice: 'calm', speed: 1 },
  },
});

export function merged(one: JsonObject, other: JsonObject): JsonObject {
  const all: { [name: string]: JsonObject[string] } = { ...one };
  for (const [name, value] of Object.entries(other)) {
    const isNested = typeof value === 'object' && value !== null && !Array.isArray(value);
    all[name] = isNested ? merged(objectOf(all[name]), objectOf(value)) : value;
  }
  return all;
}

/** How the session decides that somebody has stopped speaking; null = it does not. */
export function detectionIn(settings: JsonObject): { readonly silenceMs: number; readonly answers: boolean } | null {
  const detection = objectOf(objectOf(settings.audio).input).turn_detection;
  if (typeof detection !== 'object' || detection === null) return null;
  const { silence_duration_ms, create_response } = objectOf(detection);
  return { silenceMs: optionalNumber(silence_duration_ms) ?? 500, answers: create_response !== false };
}
