import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { type Fault, fault } from '../../../base/fault.ts';
import { isObject, type JsonObject, objectOf, optionalString, parseJson, stringOf } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import type { WireHeaders } from '../../../base/world.ts';
import { errorEvent } from '../../../dialects/openai-realtime/fault.ts';
import { SessionSize } from '../../../dialects/openai-realtime/session.ts';
import { usageOfTranscript } from '../../../dialects/openai-realtime/usage.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { bookTranscript, transcriberAt } from '../../../gateway/realtime/transcript.ts';
import { type ConnectedSocket, connectSocket } from '../../../upstream/connect-socket.ts';
import type { OpenVendorSocket } from '../../../upstream/web-socket.ts';
import { Answers } from './answers.ts';
import { ClientSide } from './client-side.ts';
import { callOf, type Opening, requestIn, transcriptRequest } from './opening.ts';
import { Settings } from './settings.ts';

/** What a program may say, beside `response.create` and `session.update`; all of it goes on as it came. */
const PASSED_ON: ReadonlySet<string> = new Set([
  'input_audio_buffer.append',
  'input_audio_buffer.commit',
  'input_audio_buffer.clear',
  'output_audio_buffer.clear',
  'conversation.item.create',
  'conversation.item.retrieve',
  'conversation.item.truncate',
  'conversation.item.delete',
  'response.cancel',
]);

const STOPPING = 'The gateway is being stopped.';
const LEFT = fault('cancelled', 'The client is gone.');
/** How long a host may take to count what its program has left in the middle. */
const FAREWELL_MS = 3_000;
const HIGH_WATER_BYTES = LIMITS.client_buffer_bytes_max;

type Parts = {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly gateway: Gateway;
  readonly caller: Principal;
  readonly opening: Opening;
  readonly open: OpenVendorSocket;
};

/** The session once its host has accepted it. */
type Session = {
  readonly host: ConnectedSocket;
  readonly settings: Settings;
  readonly answers: Answers;
};

/**
 * One realtime session, relayed between its program and a host that speaks the same (decisions/0064). Messages pass as
 * they are, in their order; what asks for an answer waits until that is held for, and the end of an answer until it is
 * settled.
 */
export class RealtimeSocket {
  readonly #parts: Parts;
  readonly #client: ClientSide;
  readonly #size = new SessionSize();
  #session: Session | null = null;
  /** The host's own name for the session, by which its receipts belong together. */
  #sessionId: string | null = null;
  /** What the host has said while something before it is being settled; null = nothing is. */
  #behind: string[] | null = null;
  #isStalled = false;
  /** Somebody has stopped speaking; and an answer to that waits for the end of another. */
  #hasSpoken = false;
  #turnWaits = false;
  #isLeaving = false;
  #isOver = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { socket, request, gateway, caller } = parts;
    this.#client = new ClientSide(
      { socket, stream: request.socket, gateway, who: caller.keyId },
      {
        message: (event, text, done) => this.#fromProgram(event, text, done),
        refused: (value) => this.#tell(value, null),
        stalled: () => this.#flow(true),
        flowing: () => this.#flow(false),
        gone: () => this.#left(),
      },
    );
    void this.#connect();
  }

  /** Ends it as soon as no answer is under way. */
  leave(): void {
    this.#isLeaving = true;
    this.#leaveIfQuiet();
  }

  destroy(): void {
    this.#client.destroy();
  }

  async #connect(): Promise<void> {
    const { gateway, opening, open } = this.#parts;
    const means = { ...gateway.upstream, dialects: gateway.dialects, open };
    const wanted = { plan: opening.plan, isBeta: opening.isBeta, isWanted: () => this.#client.isOpen };
    const connected = await connectSocket(means, wanted, {
      message: (text) => this.#within(() => this.#fromHost(text)),
      closed: (code, reason) => this.#within(() => this.#hostClosed(code, reason)),
    });
    if (!connected.ok) {
      if (this.#client.isOpen) this.#breakOff(connected.error);
      return;
    }
    if (!this.#client.isOpen) return connected.value.socket.close();
    this.#within(() => this.#begin(connected.value));
  }

  #begin(host: ConnectedSocket): void {
    const { gateway, opening, caller, request } = this.#parts;
    const { model, endpoint } = host.target;
    const settings = new Settings({
      model: model.id,
      upstreamId: endpoint.upstreamId,
      size: this.#size,
      newId: gateway.world.newId,
      initial: opening.initial,
      isTranscriber: (name) => transcriberAt(gateway.catalog(), host.target, name) !== null,
    });
    const headers = request.headers as WireHeaders;
    const answers = new Answers({
      gateway,
      caller,
      at: host,
      size: this.#size,
      requestOf: (who, size) =>
        requestIn(gateway, { headers, caller: who }, callOf(opening.model, size, this.#sessionId)),
      toHost: (event) => this.#toHost(JSON.stringify(event)),
      tell: (value, eventId) => this.#tell(value, eventId),
      breakOff: (value) => this.#breakOff(value),
      over: () => this.#answerOver(),
    });
    this.#session = { host, settings, answers };
    const early = this.#behind ?? [];
    this.#behind = null;
    for (const text of early) this.#fromHost(text);
  }

  #fromProgram(event: JsonObject, text: string, done: () => void): void {
    const session = this.#session;
    if (!session || this.#isOver) return done();
    const { type } = event;
    const eventId = optionalString(event.event_id) ?? null;
    if (type === 'response.create') {
      const prompt = objectOf(event.response).prompt;
      if (this.#isLeaving) this.#tell(fault('stopping', STOPPING), eventId);
      else if (isObject(prompt)) this.#tell(NO_PROMPTS, eventId);
      else return session.answers.want(event, 'program', done);
      return done();
    }
    if (type === 'session.update') {
      const update = session.settings.fromProgram(event);
      if (update.ok) this.#toHost(JSON.stringify(update.value));
      else this.#tell(update.error, eventId);
      return done();
    }
    if (typeof type !== 'string' || !PASSED_ON.has(type)) {
      this.#tell(unknownType(type), eventId);
      return done();
    }
    if (type === 'input_audio_buffer.append') this.#size.heard(stringOf(event.audio));
    if (type === 'conversation.item.create') this.#size.item(objectOf(event.item));
    this.#toHost(text);
    done();
  }

  #toHost(text: string): void {
    const socket = this.#session?.host.socket;
    if (!socket) return;
    socket.send(text, () => {
      if (socket.waiting() <= HIGH_WATER_BYTES / 4) this.#client.resume();
    });
    if (socket.waiting() > HIGH_WATER_BYTES) this.#client.pause();
  }

  /** The next message of the host. What comes behind one that is being settled waits for it. */
  #fromHost(text: string): void {
    if (this.#isOver) return;
    if (!this.#session || this.#behind) {
      this.#behind = [...(this.#behind ?? []), text];
      return this.#flow(this.#isStalled);
    }
    const event = objectOf(parseJson(text));
    const { settings, answers } = this.#session;
    const type = stringOf(event.type);
    if (type.endsWith('.delta')) {
      answers.wrote(event);
      return this.#client.send(text);
    }
    switch (type) {
      case 'session.created':
        return this.#created(event);
      case 'session.updated':
        return this.#show(settings.updated(event));
      case 'response.created':
        return this.#wait((done) => answers.begun(objectOf(event.response), done), text);
      case 'response.done':
        return this.#wait((done) => answers.ended(objectOf(event.response), done), text);
      case 'error':
        return this.#hostError(event, text);
      case 'conversation.item.input_audio_transcription.completed':
        return this.#transcribed(event, text);
      case 'input_audio_buffer.speech_stopped':
      case 'input_audio_buffer.timeout_triggered':
        this.#hasSpoken = true;
        return this.#client.send(text);
      case 'input_audio_buffer.committed':
        this.#client.send(text);
        return this.#committed();
      default:
        return this.#client.send(text);
    }
  }

  #show(event: JsonObject): void {
    this.#client.send(JSON.stringify(event));
    if (event.type === 'session.created') this.#client.begin();
  }

  #created(event: JsonObject): void {
    this.#sessionId = optionalString(objectOf(event.session).id)?.slice(0, 100) ?? null;
    const created = this.#session?.settings.created(event);
    if (!created) return;
    if (!created.ok) return this.#breakOff(created.error);
    if (created.value.toHost) this.#toHost(JSON.stringify(created.value.toHost));
    if (created.value.toProgram) this.#show(created.value.toProgram);
  }

  /** Passes a message on when that is done, with the receipt that it belongs to; the host is read no further until then. */
  #wait(act: (done: (generationId?: string) => void) => void, text: string | null): void {
    this.#behind = [];
    this.#flow(this.#isStalled);
    let isDone = false;
    act((generationId) => {
      if (isDone) return;
      isDone = true;
      if (text !== null) this.#client.send(generationId === undefined ? text : withMember(text, generationId));
      const behind = this.#behind ?? [];
      this.#behind = null;
      this.#flow(this.#isStalled);
      for (const next of behind) this.#within(() => this.#fromHost(next));
    });
  }

  #hostError(event: JsonObject, text: string): void {
    const session = this.#session;
    const told = objectOf(event.error);
    const eventId = stringOf(told.event_id);
    const ofSettings = eventId === '' ? null : session?.settings.refused(eventId, event);
    if (ofSettings) {
      for (const one of ofSettings) this.#show(one);
      return;
    }
    const value = fault(
      'upstream_invalid_request',
      stringOf(told.message).slice(0, 500) || 'The provider refused it.',
      {
        upstream: { code: stringOf(told.code).slice(0, 100) },
      },
    );
    this.#wait((done) => {
      const isAnswers = session?.answers.refused(eventId, value, ({ clientId, isOurs }) => {
        // The program never asked for it, and there is an answer already.
        if (!(isOurs && told.code === 'conversation_already_has_active_response'))
          this.#client.send(JSON.stringify({ ...event, error: { ...told, event_id: clientId } }));
        done();
      });
      if (isAnswers) return;
      this.#client.send(text);
      done();
    }, null);
  }

  /** Where the host would have answered by itself, the gateway asks for the answer. */
  #committed(): void {
    const hasSpoken = this.#hasSpoken;
    this.#hasSpoken = false;
    if (!hasSpoken || !this.#session?.settings.answersTurns || this.#isLeaving) return;
    if (this.#session.answers.isAnswering) this.#turnWaits = true;
    else this.#session.answers.want({}, 'turn', () => {});
  }

  #answerOver(): void {
    this.#leaveIfQuiet();
    const { answers } = this.#session ?? {};
    if (!answers || !this.#turnWaits || answers.isAnswering || this.#isOver) return;
    this.#turnWaits = false;
    if (this.#client.isOpen) answers.want({}, 'turn', () => {});
  }

  /** What the host has written down beside the answers has a price of its own. */
  #transcribed(event: JsonObject, text: string): void {
    const { gateway, caller, request } = this.#parts;
    const { host, settings } = this.#session ?? {};
    const name = settings?.transcriber ?? null;
    const target = host && name !== null ? transcriberAt(gateway.catalog(), host.target, name) : null;
    if (!target || !isObject(event.usage)) return this.#client.send(text);
    const asked = transcriptRequest(
      gateway,
      { headers: request.headers as WireHeaders, caller },
      target,
      this.#sessionId,
    );
    const usage = usageOfTranscript(event.usage, target.endpoint);
    this.#wait(
      (done) => bookTranscript(gateway, asked, { target, usage }, (value) => (value ? this.#breakOff(value) : done())),
      text,
    );
  }

  #flow(isStalled: boolean): void {
    this.#isStalled = isStalled;
    const socket = this.#session?.host.socket;
    if (isStalled || this.#behind) socket?.pause();
    else socket?.resume();
  }

  #tell(value: Fault, eventId: string | null): void {
    this.#client.send(JSON.stringify(errorEvent(value, this.#parts.gateway.world.newId('event'), eventId)));
  }

  /** The session cannot go on. */
  #breakOff(value: Fault): void {
    if (this.#isOver) return;
    this.#tell(value, null);
    this.#client.close(1011, 'The session was broken off.');
    this.#end({ state: 'cancelled', fault: value });
  }

  #hostClosed(code: number, reason: string): void {
    if (this.#isOver) return;
    const provider = this.#session?.host.target.endpoint.provider.name ?? 'The provider';
    const value = fault(
      'upstream_truncated',
      `${provider} has closed the session${reason === '' ? '' : `: ${reason}`}.`,
    );
    if (this.#session?.answers.isAnswering || code !== 1000) this.#tell(value, null);
    this.#client.close(code === 1000 ? 1000 : 1011, 'The provider has closed the session.');
    this.#end({ state: 'failed', fault: value });
  }

  /** The program has left: what it leaves in the middle is stopped, and counted by its host if that is quick. */
  #left(): void {
    const session = this.#session;
    if (this.#isOver || !session) return;
    if (!session.answers.isAnswering) return this.#end({ state: 'cancelled', fault: null });
    session.answers.cancelAll();
    this.#flow(false);
    this.#parts.gateway.world.after(FAREWELL_MS, () => this.#end({ state: 'cancelled', fault: null }));
  }

  #leaveIfQuiet(): void {
    const count = this.#session?.answers.count ?? 0;
    if (count > 0) return;
    if (!this.#client.isOpen) return this.#end({ state: 'cancelled', fault: LEFT });
    if (this.#isLeaving) this.#client.close(1001, STOPPING);
  }

  #end(how: Parameters<Answers['end']>[0]): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#session?.answers.end(how);
    this.#session?.host.socket.close();
  }

  #within(act: () => void): void {
    try {
      act();
    } catch (cause) {
      this.#parts.gateway.log('a realtime session failed inside', cause);
      this.#breakOff(fault('server', 'Internal Server Error'));
    }
  }
}

const NO_PROMPTS = fault('invalid_request', 'Prompts that are stored at a host cannot be used here.', {
  param: 'response.prompt',
});

/** The object with one more member. */
const withMember = (json: string, generationId: string): string =>
  `${json.trimEnd().slice(0, -1)},"generation_id":${JSON.stringify(generationId)}}`;

const unknownType = (type: JsonObject[string]): Fault =>
  fault('invalid_request', `A message of type '${stringOf(type).slice(0, 100)}' is not known here.`, { param: 'type' });
