import { arrayOf, type JsonObject, objectOf, optionalNumber, stringOf } from '../../base/json.ts';

/** A size in tokens: by our estimate, and at most. */
export type Size = { readonly tokens: number; readonly tokensMax: number };

const NOTHING: Size = { tokens: 0, tokensMax: 0 };
const sum = (one: Size, other: Size): Size => ({
  tokens: one.tokens + other.tokens,
  tokensMax: one.tokensMax + other.tokensMax,
});
/** A token is at least a byte, and about four characters. */
const sizeOfText = (bytes: number): Size => ({ tokens: Math.ceil(bytes / 4), tokensMax: bytes });
/** What a picture takes about; at most it may be all that its bytes are. */
const IMAGE_TOKENS = 800;

/**
 * OpenAI counts a token for a tenth of a second that it hears and for a twentieth that it says (developers.openai.com,
 * realtime costs, as repeated in openai/openai-realtime-console, read 2026-11-29). At most we take both to be the latter.
 */
const HEARD_TOKENS_A_SECOND = 10;
const SAID_TOKENS_A_SECOND = 20;
const PCM_RATE = 24_000;
const TELEPHONE_BYTES_A_SECOND = 8_000;

/** How much a session holds, from the messages that pass: what the next answer reads. */
export class SessionSize {
  #settings: Size = NOTHING;
  /** As its host counted it with the last answer. */
  #conversation: Size = NOTHING;
  /** What came since that answer was asked for. */
  #added: Size = NOTHING;
  #heardBytesASecond = 2 * PCM_RATE;
  #saidBytesASecond = 2 * PCM_RATE;

  /** Of an answer that is asked for now, with these instructions and items of its own. */
  with(more: JsonObject): Size {
    const own = sizeOfText(Buffer.byteLength(JSON.stringify(more)));
    return [this.#settings, this.#conversation, this.#added].reduce(sum, own);
  }

  /** The host told its settings. */
  told(session: JsonObject): void {
    this.#settings = sizeOfText(Buffer.byteLength(JSON.stringify(session)));
    const { input, output } = objectOf(session.audio);
    this.#heardBytesASecond = bytesASecond(objectOf(input).format ?? session.input_audio_format);
    this.#saidBytesASecond = bytesASecond(objectOf(output).format ?? session.output_audio_format);
  }

  /** The program sent audio, as base64. */
  heard(base64: string): void {
    this.#added = sum(this.#added, this.#sizeOfAudio(base64));
  }

  /** The program put an item into the conversation. */
  item(item: JsonObject): void {
    let media = 0;
    let size = NOTHING;
    for (const part of arrayOf(item.content).map(objectOf)) {
      const audio = stringOf(part.audio);
      const image = stringOf(part.image_url);
      media += audio.length + image.length;
      if (audio !== '') size = sum(size, this.#sizeOfAudio(audio));
      if (image !== '') size = sum(size, { tokens: IMAGE_TOKENS, tokensMax: image.length });
    }
    const text = sizeOfText(Math.max(0, Buffer.byteLength(JSON.stringify(item)) - media));
    this.#added = sum(this.#added, sum(size, text));
  }

  /** An answer is asked for: what comes from now on is not in it. The mark is handed back when it was counted. */
  mark(): Size {
    return this.#added;
  }

  /** All that the answer read and wrote, which is the conversation from now on. */
  counted(mark: Size, tokens: number): void {
    this.#conversation = { tokens, tokensMax: tokens };
    this.#added = {
      tokens: Math.max(0, this.#added.tokens - mark.tokens),
      tokensMax: Math.max(0, this.#added.tokensMax - mark.tokensMax),
    };
  }

  /** Tokens of so much audio, as base64, that the model has said. */
  tokensSaid(base64Length: number): number {
    return Math.ceil(((base64Length * 3) / 4 / this.#saidBytesASecond) * SAID_TOKENS_A_SECOND);
  }

  /** Seconds of audio, as base64, that the program has sent. */
  secondsHeard(base64Length: number): number {
    return (base64Length * 3) / 4 / this.#heardBytesASecond;
  }

  #sizeOfAudio(base64: string): Size {
    const seconds = this.secondsHeard(base64.length);
    return {
      tokens: Math.ceil(seconds * HEARD_TOKENS_A_SECOND),
      tokensMax: Math.ceil(seconds * SAID_TOKENS_A_SECOND) + 1,
    };
  }
}

/** `{type:'audio/pcm',rate}`, `{type:'audio/pcmu'}`, and before August 2025 `pcm16` and `g711_ulaw`. */
function bytesASecond(format: JsonObject[string]): number {
  const { type, rate } = objectOf(format);
  const name = stringOf(type) || stringOf(format);
  if (/g711|pcmu|pcma/.test(name)) return TELEPHONE_BYTES_A_SECOND;
  return 2 * Math.min(96_000, Math.max(8_000, optionalNumber(rate) ?? PCM_RATE));
}
