import type { WebSocket } from 'ws';
import { arrayOf, isObject, type JsonObject, objectOf, optionalNumber, parseJson, stringOf } from '../../base/json.ts';
import type { World } from '../../base/world.ts';
import {
  answerTo,
  BYTES_A_SECOND,
  detectionIn,
  isLoud,
  merged,
  newSettings,
  type Said,
  saidIn,
  tokensHeard,
  tokensOfText,
  toolNamed,
} from './conversation.ts';
import { Speaker } from './speaker.ts';

type Item = Said & { readonly role: string };
const SESSION_MS = 3_600_000;

/** OpenAI's realtime API as the sandbox speaks it: it repeats what is written to it, and tells how long it heard what is said. */
export class SandboxSession {
  readonly #world: World;
  readonly #socket: WebSocket;
  readonly #pieceMs: number;
  readonly #items: Item[] = [];
  readonly #speakers = new Map<string, Speaker>();
  #settings: JsonObject;
  /** Bytes of audio that are not committed yet, and what the ear makes of them. */
  #heard = 0;
  #quiet = 0;
  #isSpeaking = false;
  #cached = 0;

  constructor(
    world: World,
    socket: WebSocket,
    { model, pieceMs }: { readonly model: string; readonly pieceMs: number },
  ) {
    this.#world = world;
    this.#socket = socket;
    this.#pieceMs = pieceMs;
    const expiresAt = Math.floor((world.now() + SESSION_MS) / 1_000);
    this.#settings = newSettings(world.newId('sess'), model, expiresAt);
    socket.on('message', (data) => this.#hear(objectOf(parseJson(String(data)))));
    socket.on('error', () => socket.terminate());
    socket.once('close', () => {
      for (const speaker of this.#speakers.values()) speaker.stop();
    });
    this.#send({ type: 'session.created', session: this.#settings });
  }

  #send(event: JsonObject): void {
    const { type, ...rest } = event;
    this.#socket.send(JSON.stringify({ type, event_id: this.#world.newId('event'), ...rest }));
  }

  #refuse(code: string, message: string, { event_id = null }: JsonObject): void {
    this.#send({ type: 'error', error: { type: 'invalid_request_error', code, message, param: null, event_id } });
  }

  #hear(event: JsonObject): void {
    switch (event.type) {
      case 'session.update':
        this.#settings = { ...merged(this.#settings, objectOf(event.session)), model: this.#settings.model };
        return this.#send({ type: 'session.updated', session: this.#settings });
      case 'conversation.item.create':
        return this.#add(objectOf(event.item));
      case 'input_audio_buffer.append':
        return this.#listen(Buffer.from(stringOf(event.audio), 'base64'));
      case 'input_audio_buffer.clear':
        this.#heard = 0;
        return this.#send({ type: 'input_audio_buffer.cleared' });
      case 'input_audio_buffer.commit':
        if (this.#heard > 0) return this.#commit();
        return this.#refuse('input_audio_buffer_commit_empty', 'There is no audio in the buffer.', event);
      case 'response.create':
        return this.#answer(event);
      case 'response.cancel': {
        const [first] = this.#speakers.values();
        const speaker = this.#speakers.get(stringOf(event.response_id)) ?? first;
        return speaker ? speaker.cancel() : this.#refuse('response_cancel_not_active', 'Nothing is being said.', event);
      }
      default:
        return this.#refuse('invalid_value', `The sandbox knows no ${stringOf(event.type)}.`, event);
    }
  }

  #add(item: JsonObject): void {
    const role = item.type === 'message' ? stringOf(item.role) : 'user';
    this.#items.push({ role, ...saidIn(item) });
    const shown = { id: this.#world.newId('item'), object: 'realtime.item', status: 'completed', ...item };
    this.#send({ type: 'conversation.item.added', previous_item_id: null, item: shown });
    this.#send({ type: 'conversation.item.done', previous_item_id: null, item: shown });
  }

  #listen(pcm: Buffer): void {
    const detection = detectionIn(this.#settings);
    const milliseconds = (1_000 * pcm.length) / BYTES_A_SECOND;
    const isHeard = isLoud(pcm);
    this.#heard += pcm.length;
    if (!detection) return;
    this.#quiet = isHeard ? 0 : this.#quiet + milliseconds;
    if (isHeard && !this.#isSpeaking) {
      this.#isSpeaking = true;
      for (const speaker of [...this.#speakers.values()]) speaker.cancel();
      this.#send({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0, item_id: 'item_heard' });
    }
    if (!this.#isSpeaking || this.#quiet < detection.silenceMs) return;
    this.#isSpeaking = false;
    this.#send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 0, item_id: 'item_heard' });
    this.#commit();
    if (detection.answers) this.#answer({});
  }

  #commit(): void {
    const seconds = this.#heard / BYTES_A_SECOND;
    const itemId = this.#world.newId('item');
    this.#heard = 0;
    this.#quiet = 0;
    this.#items.push({ role: 'user', text: '', seconds });
    this.#send({ type: 'input_audio_buffer.committed', item_id: itemId, previous_item_id: null });
    const item = { id: itemId, object: 'realtime.item', type: 'message', status: 'completed', role: 'user' };
    const content = [{ type: 'input_audio', transcript: null }];
    this.#send({ type: 'conversation.item.added', previous_item_id: null, item: { ...item, content } });
    this.#send({ type: 'conversation.item.done', previous_item_id: null, item: { ...item, content } });
    if (!isObject(objectOf(objectOf(this.#settings.audio).input).transcription)) return;
    this.#send({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id: itemId,
      content_index: 0,
      transcript: `A recording of ${Math.round(seconds * 10) / 10} seconds.`,
      usage: { type: 'duration', seconds },
    });
  }

  #answer(event: JsonObject): void {
    const own = objectOf(event.response);
    const isBeside = own.conversation === 'none';
    if (!isBeside && this.#speakers.size > 0)
      return this.#refuse('conversation_already_has_active_response', 'An answer is being said already.', event);
    const said = arrayOf(own.input)
      .map(objectOf)
      .map((item) => ({ role: stringOf(item.role), ...saidIn(item) }));
    const items = isBeside || said.length > 0 ? said : this.#items;
    const text = answerTo(items);
    const words = [stringOf(own.instructions ?? this.#settings.instructions), ...items.map((item) => item.text)].join(
      ' ',
    );
    const tokens = tokensOfText(words);
    const max = optionalNumber(own.max_output_tokens ?? this.#settings.max_output_tokens);
    const speaker: Speaker = new Speaker({
      world: this.#world,
      send: (one) => this.#send(one),
      pieceMs: this.#pieceMs,
      text,
      tool: toolNamed(own.tools ?? this.#settings.tools, items.at(-1)?.text ?? ''),
      isSpoken: arrayOf(own.output_modalities ?? this.#settings.output_modalities).includes('audio'),
      prompt: {
        text: tokens,
        audio: tokensHeard(items.reduce((sum, { seconds }) => sum + seconds, 0)),
        cached: Math.min(tokens, this.#cached),
      },
      metadata: own.metadata,
      isBeside,
      max: max ?? Number.POSITIVE_INFINITY,
      over: (spoken) => {
        this.#speakers.delete(speaker.id);
        this.#cached = isBeside ? this.#cached : tokens;
        if (!isBeside) this.#items.push({ role: 'assistant', text: spoken, seconds: 0 });
      },
    });
    this.#speakers.set(speaker.id, speaker);
    speaker.begin();
  }
}
