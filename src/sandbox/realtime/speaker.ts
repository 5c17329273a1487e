import type { JsonObject } from '../../base/json.ts';
import type { Cancel, World } from '../../base/world.ts';
import { samplesOf } from '../speak.ts';
import { BYTES_A_SECOND, tokensOfText, tokensSaid } from './conversation.ts';

type Parts = {
  readonly world: World;
  readonly send: (event: JsonObject) => void;
  readonly pieceMs: number;
  readonly text: string;
  /** A tool that is called in place of words. */
  readonly tool: string | undefined;
  readonly isSpoken: boolean;
  readonly prompt: { readonly text: number; readonly audio: number; readonly cached: number };
  readonly metadata: JsonObject[string];
  readonly isBeside: boolean;
  readonly max: number;
  readonly over: (said: string, item: JsonObject) => void;
};

/** One answer of a realtime session, word by word. */
export class Speaker {
  readonly id: string;
  readonly #parts: Parts;
  readonly #itemId: string;
  readonly #words: readonly string[];
  #at = 0;
  #seconds = 0;
  #timer: Cancel | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.id = parts.world.newId('resp');
    this.#itemId = parts.world.newId('item');
    this.#words = parts.tool === undefined ? parts.text.split(/(?<=\s)/) : ['{', '}'];
  }

  begin(): void {
    const { send } = this.#parts;
    send({ type: 'response.created', response: this.#response('in_progress', null, []) });
    send({ type: 'response.output_item.added', ...this.#place, item: this.#item('in_progress') });
    if (!this.#parts.isBeside) send({ type: 'conversation.item.added', item: this.#item('in_progress') });
    if (this.#parts.tool === undefined)
      send({ type: 'response.content_part.added', ...this.#piece, part: this.#part('') });
    this.#next();
  }

  cancel(): void {
    this.#timer?.();
    this.#end('cancelled', 'client_cancelled');
  }
  stop(): void {
    this.#timer?.();
  }

  #next(): void {
    const { world, send, pieceMs, isSpoken, tool, max } = this.#parts;
    const word = this.#words[this.#at];
    if (word === undefined) return this.#end('completed', null);
    if (this.#at >= max) return this.#end('incomplete', 'max_output_tokens');
    this.#at++;
    if (tool !== undefined) send({ type: 'response.function_call_arguments.delta', ...this.#piece, delta: word });
    else if (isSpoken) {
      const pcm = samplesOf(word, LOWEST_TONE, word.length / CHARACTERS_A_SECOND);
      this.#seconds += pcm.length / BYTES_A_SECOND;
      send({ type: 'response.output_audio_transcript.delta', ...this.#piece, delta: word });
      send({ type: 'response.output_audio.delta', ...this.#piece, delta: pcm.toString('base64') });
    } else send({ type: 'response.output_text.delta', ...this.#piece, delta: word });
    this.#timer = world.after(pieceMs, () => this.#next());
  }

  #end(status: string, reason: string | null): void {
    const { send, isSpoken, tool, over, isBeside } = this.#parts;
    const said = this.#words.slice(0, this.#at).join('');
    const item = this.#item(status === 'completed' ? 'completed' : 'incomplete');
    if (tool !== undefined)
      send({ type: 'response.function_call_arguments.done', ...this.#piece, name: tool, arguments: '{}' });
    else {
      if (isSpoken) send({ type: 'response.output_audio.done', ...this.#piece });
      if (isSpoken) send({ type: 'response.output_audio_transcript.done', ...this.#piece, transcript: said });
      else send({ type: 'response.output_text.done', ...this.#piece, text: said });
      send({ type: 'response.content_part.done', ...this.#piece, part: this.#part(said) });
    }
    send({ type: 'response.output_item.done', ...this.#place, item });
    if (!isBeside) send({ type: 'conversation.item.done', item });
    over(said, item);
    send({ type: 'response.done', response: this.#response(status, reason, [item]) });
  }

  get #place(): JsonObject {
    return { response_id: this.id, output_index: 0 };
  }
  get #piece(): JsonObject {
    return { ...this.#place, item_id: this.#itemId, content_index: 0 };
  }
  #part(said: string): JsonObject {
    return this.#parts.isSpoken ? { type: 'audio', transcript: said } : { type: 'text', text: said };
  }

  #item(status: string): JsonObject {
    const { tool, isSpoken } = this.#parts;
    const said = this.#words.slice(0, this.#at).join('');
    const head = { id: this.#itemId, object: 'realtime.item', status };
    if (tool !== undefined)
      return {
        ...head,
        type: 'function_call',
        name: tool,
        call_id: `call_${this.#itemId.slice(-12)}`,
        arguments: '{}',
      };
    const content = isSpoken ? { type: 'output_audio', transcript: said } : { type: 'output_text', text: said };
    return { ...head, type: 'message', role: 'assistant', content: status === 'in_progress' ? [] : [content] };
  }

  #response(status: string, reason: string | null, output: readonly JsonObject[]): JsonObject {
    const { prompt, isBeside, metadata = null } = this.#parts;
    const text = tokensOfText(this.#words.slice(0, this.#at).join(''));
    const audio = tokensSaid(this.#seconds);
    const input = prompt.text + prompt.audio;
    return {
      object: 'realtime.response',
      id: this.id,
      status,
      status_details: reason === null ? null : { type: status, reason },
      output,
      conversation_id: isBeside ? null : 'conv_sandbox',
      metadata,
      usage:
        status === 'in_progress'
          ? null
          : {
              total_tokens: input + text + audio,
              input_tokens: input,
              output_tokens: text + audio,
              input_token_details: {
                text_tokens: prompt.text,
                audio_tokens: prompt.audio,
                image_tokens: 0,
                cached_tokens: prompt.cached,
                cached_tokens_details: { text_tokens: prompt.cached, audio_tokens: 0, image_tokens: 0 },
              },
              output_token_details: { text_tokens: text, audio_tokens: audio },
            },
    };
  }
}

const LOWEST_TONE = 110;
const CHARACTERS_A_SECOND = 15;
