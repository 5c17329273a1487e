import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { isFault } from '../../access/access.ts';
import { objectionTo } from '../../access/may.ts';
import { type Fault, fault } from '../../base/fault.ts';
import { type JsonObject, objectOf, optionalString, type ParsedBody, stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import type { MemoryAllowance } from '../../base/memory.ts';
import type { WireHeaders } from '../../base/world.ts';
import { openaiResponsesClient } from '../../dialects/openai-responses/client/index.ts';
import type { Caller } from '../../facts/caller.ts';
import type { Principal } from '../../facts/principal.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { StoreError, troubleFault } from '../../ledger/trouble.ts';
import { chatHandler } from '../chat-inference.ts';
import type { InferenceHandler } from '../inference.ts';
import { FULL } from '../room.ts';
import { parseLong } from '../stored/parse-long.ts';
import { errorEvent, SocketAnswer } from './answer.ts';
import { countArriving } from './arriving.ts';
import { prepared } from './prepared.ts';
import { type Remembered, rememberLast } from './remembered.ts';

const ONE_AT_A_TIME = fault(
  'rate_limit_exceeded',
  `Only ${LIMITS.web_socket_calls_max} calls may wait on a connection.`,
);
const TOO_OLD = fault('invalid_request', 'This connection has reached its limit of time. Open a new one.', {
  metadata: { code: 'websocket_connection_limit_reached' },
});
const NOT_STORED = fault('invalid_request', "'store' may only be false: responses are not stored.", { param: 'store' });
const NO_BODY = { chunks: [], scan: null, size: 0 } as const;

type Parts = {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly gateway: Gateway;
  readonly caller: Caller;
};

/** One call on its way: what it holds, and how it ends. */
type Means = {
  readonly end: () => void;
  readonly refuse: (value: Fault, streamId?: string) => void;
};

/**
 * The Responses API on one WebSocket, as OpenAI has it and Codex speaks it (developers.openai.com, WebSocket mode, and
 * openai 7.57, read 2026-11-29): `response.create` is the body of a call, the events of its answer are messages. Calls
 * of a connection are made one after the other. Each is one like any other: admitted, held, settled, with its receipt.
 */
export class ResponsesSocket {
  readonly #socket: WebSocket;
  readonly #request: IncomingMessage;
  readonly #gateway: Gateway;
  readonly #who: string;
  readonly #remembered: Remembered;
  readonly #handle: InferenceHandler;
  readonly #waiting: Buffer[] = [];
  readonly #openedAt: number;
  #current: SocketAnswer | null = null;
  /** What the call under way takes; nothing of it is left behind by a client that leaves. */
  #held: MemoryAllowance | null = null;
  #isBusy = false;
  #isLeaving = false;

  constructor({ socket, request, gateway, caller }: Parts) {
    this.#socket = socket;
    this.#request = request;
    this.#gateway = gateway;
    this.#who = caller.keyId;
    this.#openedAt = gateway.world.elapsed();
    this.#remembered = rememberLast(gateway.memory, this.#who, gateway.storedResponses);
    this.#handle = chatHandler(openaiResponsesClient, gateway, this.#remembered);
    const memory = { memory: gateway.memory, who: this.#who };
    const whole = countArriving({ socket, stream: request.socket }, memory, () =>
      socket.close(1013, 'There is no memory for this message at the moment.'),
    );
    socket.on('message', (data, isBinary) => {
      whole();
      if (isBinary) socket.close(1003, 'Messages are JSON as text.');
      else this.#hear(Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer));
    });
    socket.on('error', () => socket.terminate());
    socket.once('close', () => {
      while (this.#next());
      this.#held?.close();
      this.#current?.gone();
      this.#remembered.close();
    });
  }

  /** Ends it as soon as no call is under way. */
  leave(): void {
    this.#isLeaving = true;
    if (!this.#isBusy) this.#socket.close(1001, 'The gateway is being stopped.');
  }

  destroy(): void {
    this.#socket.terminate();
  }

  #hear(bytes: Buffer): void {
    if (this.#waiting.length >= LIMITS.web_socket_calls_max) return this.#tell(ONE_AT_A_TIME);
    if (this.#isBusy) return this.#wait(bytes);
    if (this.#gateway.world.elapsed() - this.#openedAt <= LIMITS.web_socket_ms)
      return this.#within(() => this.#take(bytes));
    this.#tell(TOO_OLD);
    this.#socket.close(1000, 'This connection has reached its limit of time.');
  }

  /** What waits is counted: a client may send far more than it is answered. */
  #wait(bytes: Buffer): void {
    if (this.#gateway.memory.takeAtOnce(this.#who, bytes.length)) this.#waiting.push(bytes);
    else this.#tell(FULL);
  }

  #next(): Buffer | undefined {
    const next = this.#waiting.shift();
    if (next) this.#gateway.memory.giveBack(this.#who, next.length);
    return next;
  }

  /** Of an answer nothing is left here when the next call begins: this client asks, and takes nothing of what it is told. */
  #isUnread(): boolean {
    return this.#socket.bufferedAmount > LIMITS.client_buffer_bytes_max;
  }

  #tell(value: Fault, streamId?: string): void {
    if (this.#isUnread()) return this.destroy();
    const { status, body, headers } = openaiResponsesClient.encodeFault(value, { id: null });
    const event = errorEvent(status, objectOf(body), headers);
    this.#socket.send(JSON.stringify({ ...event, ...(streamId !== undefined && { stream_id: streamId }) }));
  }

  /** The message is whole: what is large waits for memory, and gives it back with the end of its answer. */
  #take(bytes: Buffer): void {
    this.#isBusy = true;
    if (this.#isUnread()) return this.destroy();
    const allowance = this.#gateway.memory.open(this.#who);
    this.#held = allowance;
    const end = (): void => {
      allowance.close();
      this.#over();
    };
    const refuse = (value: Fault, streamId?: string): void => {
      this.#tell(value, streamId);
      end();
    };
    const parse = (isGranted: boolean): void => {
      if (!isGranted) return refuse(FULL);
      parseLong(bytes, { keeps: 'texts and media', later: this.#later }, (parsed) =>
        this.#within(() => (parsed.ok ? this.#admit(parsed.value, { end, refuse }) : refuse(parsed.error))),
      );
    };
    if (bytes.length <= LIMITS.small_body_bytes) parse(true);
    else allowance.take(3 * bytes.length, (isGranted) => this.#within(() => parse(isGranted)));
  }

  /** Who calls, as of now: a key may have been disabled since the connection was opened. */
  #admit(parsed: ParsedBody, means: Means): void {
    const { refuse } = means;
    currentCaller(this.#gateway, this.#request).then(
      (answer) =>
        this.#within(() =>
          isFault(answer) ? refuse(answer, optionalString(parsed.value.stream_id)) : this.#begin(parsed, answer, means),
        ),
      (cause) => {
        this.#gateway.log('a caller could not be looked up', cause);
        refuse(cause instanceof StoreError ? troubleFault(cause.trouble) : fault('server', 'Internal Server Error'));
      },
    );
  }

  #begin(parsed: ParsedBody, caller: Caller, { end, refuse }: Means): void {
    // It may have gone while its key was looked up.
    if (this.#socket.readyState !== this.#socket.OPEN) return end();
    const { type, stream_id, generate, ...said } = parsed.value;
    const streamId = optionalString(stream_id);
    const stores = this.#gateway.storedResponses !== null;
    // Codex says which answers it has worked through.
    if (type === 'response.processed') return end();
    if (type !== 'response.create') return refuse(unknownType(type), streamId);
    if (!stores && said.store === true) return refuse(NOT_STORED, streamId);
    const body: JsonObject = { ...said, stream: true, ...(!stores && { store: false }) };
    this.#remembered.persists = stores && body.store !== false;
    const { headers, url = '' } = this.#request;
    const req = { method: 'POST', url, headers, complete: true };
    const answer = new SocketAnswer({ socket: this.#socket, req, world: this.#gateway.world, streamId });
    this.#current = answer;
    answer.on('close', end);
    const asked = { caller, headers: headers as WireHeaders, parsed: { ...parsed, value: body } };
    if (generate === false) return prepared({ gateway: this.#gateway, remembered: this.#remembered, ...asked }, answer);
    this.#handle({ ...asked, url, params: {}, body: NO_BODY, room: null }, answer);
  }

  #over(): void {
    this.#isBusy = false;
    this.#current = null;
    const next = this.#next();
    if (next) this.#take(next);
    else if (this.#isLeaving) this.#socket.close(1001, 'The gateway is being stopped.');
  }

  /** A throw is a bug of ours: this connection ends with it, the others go on. */
  #within(act: () => void): void {
    try {
      act();
    } catch (cause) {
      this.#gateway.log('a call on a WebSocket failed inside', cause);
      this.#socket.close(1011, 'Internal Server Error');
    }
  }

  readonly #later = (task: () => void): void =>
    void this.#gateway.world.after(0, () => {
      if (this.#socket.readyState === this.#socket.OPEN) this.#within(task);
    });
}

const unknownType = (type: JsonObject[string]): Fault =>
  fault(
    'invalid_request',
    `A message of type '${stringOf(type).slice(0, 100)}' is not known here: send response.create.`,
    {
      param: 'type',
    },
  );

async function currentCaller({ access }: Gateway, request: IncomingMessage): Promise<Principal | Fault> {
  const headers = request.headers as WireHeaders;
  const answer = access.authenticate(headers) ?? (await access.find(headers));
  if (isFault(answer)) return answer;
  return objectionTo(answer, 'call') ?? answer;
}
