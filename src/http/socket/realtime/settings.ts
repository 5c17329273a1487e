import { type Fault, fault } from '../../../base/fault.ts';
import { isObject, type Json, type JsonObject, objectOf, optionalString, stringOf } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { SessionSize } from '../../../dialects/openai-realtime/session.ts';
import {
  answersItself,
  turnDetectionIn,
  waitingUpdate,
  withCreateResponse,
} from '../../../dialects/openai-realtime/turn-detection.ts';

type Parts = {
  /** The model by our name and by its host's. */
  readonly model: string;
  readonly upstreamId: string;
  readonly size: SessionSize;
  readonly newId: (prefix: string) => string;
  /** What the session begins with, where its key was made for that. */
  readonly initial: JsonObject | null;
  /** Can its host be paid for writing down what it hears by this model? */
  readonly isTranscriber: (name: string) => boolean;
};

type Update = { readonly id: string; readonly clientId: string | null; readonly by: 'gateway' | 'program' };

/** A session's settings as its program sees them, and as its host is told them. */
export class Settings {
  readonly #parts: Parts;
  /** Updates that the host has not answered yet, in order. */
  readonly #updates: Update[] = [];
  /** The host's first word, until it has taken what it must be told before the program may speak. */
  #created: JsonObject | null = null;
  /** The program wants an answer whenever somebody has stopped speaking. */
  #answersTurns = false;
  #transcriber: string | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get answersTurns(): boolean {
    return this.#answersTurns;
  }
  get transcriber(): string | null {
    return this.#transcriber;
  }

  /** `session.update` of the program, as its host is told it. */
  fromProgram(event: JsonObject): Result<JsonObject, Fault> {
    const rewritten = this.#rewritten(objectOf(event.session));
    if (!rewritten.ok) return rewritten;
    return ok(this.#update(rewritten.value, 'program', optionalString(event.event_id) ?? null));
  }

  /** `session.created`: what the host is told first, and what the program is. Null = nothing, for now. */
  created(
    event: JsonObject,
  ): Result<{ readonly toHost: JsonObject | null; readonly toProgram: JsonObject | null }, Fault> {
    const session = objectOf(event.session);
    this.#parts.size.told(session);
    const detection = turnDetectionIn(session);
    const { initial } = this.#parts;
    this.#answersTurns = answersItself(detection);
    const begun = initial ? this.#rewritten(initial) : ok({});
    if (!begun.ok) return begun;
    const says = turnDetectionIn(begun.value) === undefined && answersItself(detection);
    if (!(initial || says)) return ok({ toHost: null, toProgram: this.#shown(event) });
    this.#created = event;
    const first = says ? merged(waitingUpdate(session), begun.value) : begun.value;
    return ok({ toHost: this.#update(first, 'gateway', null), toProgram: null });
  }

  /** `session.updated`, as the program is told it. */
  updated(event: JsonObject): JsonObject {
    this.#parts.size.told(objectOf(event.session));
    const update = this.#updates.shift();
    const first = this.#created;
    if (update?.by !== 'gateway' || !first) return this.#shown(event);
    this.#created = null;
    return this.#shown({ ...first, session: event.session });
  }

  /** An error of the host about an update: what the program is told in place of it; null = it is about none. */
  refused(eventId: string, error: JsonObject): readonly JsonObject[] | null {
    const at = this.#updates.findIndex(({ id }) => id === eventId);
    const [update] = at === -1 ? [] : this.#updates.splice(at, 1);
    if (!update) return null;
    const told = { ...error, error: { ...objectOf(error.error), event_id: update.clientId } };
    const first = this.#created;
    this.#created = null;
    return update.by === 'gateway' && first ? [this.#shown(first), told] : [told];
  }

  #update(session: JsonObject, by: Update['by'], clientId: string | null): JsonObject {
    const id = this.#parts.newId('event');
    this.#updates.push({ id, clientId, by });
    return { type: 'session.update', event_id: id, session };
  }

  #rewritten(session: JsonObject): Result<JsonObject, Fault> {
    const objection = this.#objection(session);
    if (objection) return failed(objection);
    const detection = turnDetectionIn(session);
    if (detection !== undefined) this.#answersTurns = answersItself(detection);
    const { model, ...rest } = answersItself(detection) ? withCreateResponse(session, false) : session;
    return ok({ ...rest, ...(model !== undefined && { model: this.#parts.upstreamId }) });
  }

  #objection(session: JsonObject): Fault | null {
    if (session.type !== undefined && session.type !== 'realtime')
      return invalid('session.type', "Only sessions of type 'realtime' are relayed.");
    // It would be one of the operator's account there.
    if (isObject(session.prompt))
      return invalid('session.prompt', 'Prompts that are stored at a host cannot be used here.');
    const transcription = transcriptionIn(session);
    if (transcription === undefined) return null;
    const name = transcription === null ? null : stringOf(objectOf(transcription).model);
    if (name !== null && !this.#parts.isTranscriber(name))
      return invalid(
        'session.audio.input.transcription.model',
        `No price is known for transcription by '${name.slice(0, 100)}' there.`,
      );
    this.#transcriber = name;
    return null;
  }

  #shown(event: JsonObject): JsonObject {
    const session = objectOf(event.session);
    const wished =
      this.#answersTurns && isObject(turnDetectionIn(session)) ? withCreateResponse(session, true) : session;
    return { ...event, session: { ...wished, model: this.#parts.model } };
  }
}

const invalid = (param: string, message: string): Fault => fault('invalid_request', message, { param });

/** `session.audio.input.transcription`, before August 2025 `session.input_audio_transcription`. */
function transcriptionIn(session: JsonObject): Json | undefined {
  const { input } = objectOf(session.audio);
  return isObject(input) && 'transcription' in input ? input.transcription : session.input_audio_transcription;
}

/** Objects within objects: what the second says holds. */
function merged(one: JsonObject, other: JsonObject): JsonObject {
  const all: { [name: string]: Json | undefined } = { ...one };
  for (const [name, value] of Object.entries(other)) {
    const before = all[name];
    all[name] = isObject(before) && isObject(value) ? merged(before, value) : value;
  }
  return all;
}
