import type { Fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import type { AudioFormat } from './audio.ts';
import type { Bill } from './event.ts';
import type { Native } from './message.ts';
import type { CommonCall } from './operation.ts';
import type { Usage } from './usage.ts';

/** A text to be spoken, in no vendor's words. Every field that is absent was not sent and is not sent upstream. */
export type SpeechCall = CommonCall & {
  /** Not blank. */
  readonly input: string;
  /** A vendor's name or id of a voice. */
  readonly voice?: string;
  readonly format: AudioFormat;
  /** How many times as fast as usual: 0.25 to 4. */
  readonly speed?: number;
  /** How it is to be spoken, in words. */
  readonly instructions?: string;
  /** A voice to be imitated, once. */
  readonly reference?: VoiceReference;
  /** How the client takes the audio: as bare bytes, or in server-sent events. */
  readonly delivery: 'bytes' | 'events';
  /** Fields for single providers, by their slugs. */
  readonly options?: { readonly [provider: string]: JsonObject };
  /** Top-level fields we do not model; they reach an endpoint of the same dialect unchanged. */
  readonly native?: Native;
};

/** Base64 of a recording, the format that its sender names, and what is said in it. */
export type VoiceReference = { readonly data: string; readonly format?: string; readonly transcript?: string };

/** One step of spoken audio: `start`, bytes, `usage` at most once, then `end` or `fault`. */
export type SpeechStep =
  /** `mediaType`: as the vendor labels the bytes that follow. */
  | { readonly type: 'start'; readonly id?: string; readonly mediaType?: string }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  /** The vendor's count; the gateway adds `bill` before it is encoded. */
  | { readonly type: 'usage'; readonly usage: Usage; readonly bill?: Bill }
  | { readonly type: 'end' }
  | { readonly type: 'fault'; readonly fault: Fault };
