import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Fault } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import type { MemoryAllowance } from '../../../base/memory.ts';
import type { Cancel } from '../../../base/world.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { FULL } from '../../room.ts';
import { parseLong } from '../../stored/parse-long.ts';
import { countArriving } from '../arriving.ts';

const LOW_WATER_BYTES = LIMITS.client_buffer_bytes_max / 4;

type Parts = {
  readonly socket: WebSocket;
  readonly stream: Socket;
  readonly gateway: Pick<Gateway, 'memory' | 'world' | 'log'>;
  readonly who: string;
};

type Listener = {
  /** A message, as JSON and as it came. The next one comes when `done` was called. */
  readonly message: (event: JsonObject, text: string, done: () => void) => void;
  readonly refused: (value: Fault) => void;
  /** More waits for the program than it may; or no longer. */
  readonly stalled: () => void;
  readonly flowing: () => void;
  readonly gone: () => void;
};

/** A program's end of a realtime session: its messages one after the other, and what it is sent as fast as it reads. */
export class ClientSide {
  readonly #parts: Parts;
  readonly #listener: Listener;
  readonly #waiting: Buffer[] = [];
  #isBusy = true;
  #isStalled = false;
  #isPaused = false;
  #late: Cancel | null = null;
  #held: MemoryAllowance | null = null;

  constructor(parts: Parts, listener: Listener) {
    this.#parts = parts;
    this.#listener = listener;
    const { socket, stream, gateway, who } = parts;
    const whole = countArriving({ socket, stream }, { memory: gateway.memory, who }, () =>
      socket.close(1013, 'There is no memory for this message at the moment.'),
    );
    socket.on('message', (data, isBinary) => {
      whole();
      if (isBinary) socket.close(1003, 'Messages are JSON as text.');
      else this.#hear(Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer));
    });
    socket.on('error', () => socket.terminate());
    socket.once('close', () => {
      this.#late?.();
      this.#held?.close();
      while (this.#next());
      this.#listener.gone();
    });
  }

  get isOpen(): boolean {
    return this.#parts.socket.readyState === this.#parts.socket.OPEN;
  }

  /** The session stands: its messages are heard from now on. */
  begin(): void {
    this.#done();
  }

  send(text: string): void {
    const { socket } = this.#parts;
    if (!this.isOpen) return;
    socket.send(text, () => this.#sent());
    if (this.#isStalled || socket.bufferedAmount <= LIMITS.client_buffer_bytes_max) return;
    this.#isStalled = true;
    this.#late = this.#parts.gateway.world.after(LIMITS.answer_stalled_ms, () => socket.terminate());
    this.#listener.stalled();
  }

  /** The host takes no more for now: the program is read no further. */
  pause(): void {
    this.#isPaused = true;
    this.#parts.socket.pause();
  }
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#parts.socket.resume();
  }

  close(code: number, reason: string): void {
    this.#parts.socket.close(code, reason);
  }
  destroy(): void {
    this.#parts.socket.terminate();
  }

  #sent(): void {
    if (!this.#isStalled || this.#parts.socket.bufferedAmount > LOW_WATER_BYTES) return;
    this.#isStalled = false;
    this.#late?.();
    this.#listener.flowing();
  }

  /** What waits is counted: a program may send far more than its host is asked. */
  #hear(bytes: Buffer): void {
    const { gateway, who, socket } = this.#parts;
    if (!this.#isBusy) return this.#take(bytes);
    if (gateway.memory.takeAtOnce(who, bytes.length)) this.#waiting.push(bytes);
    else socket.close(1013, 'There is no memory for this message at the moment.');
  }

  #next(): Buffer | undefined {
    const next = this.#waiting.shift();
    if (next) this.#parts.gateway.memory.giveBack(this.#parts.who, next.length);
    return next;
  }

  #take(bytes: Buffer): void {
    this.#isBusy = true;
    const { gateway, who } = this.#parts;
    const parse = (isGranted: boolean): void => {
      if (!isGranted) return this.#refuse(FULL);
      parseLong(bytes, { keeps: 'nothing', later: this.#later }, (parsed) => {
        if (!parsed.ok) return this.#refuse(parsed.error);
        const { value } = parsed.value;
        this.#within(() => this.#listener.message(value, String(bytes), () => this.#done()));
      });
    };
    if (bytes.length <= LIMITS.small_body_bytes) return this.#within(() => parse(true));
    const allowance = gateway.memory.open(who);
    this.#held = allowance;
    allowance.take(3 * bytes.length, (isGranted) => this.#within(() => parse(isGranted)));
  }

  #refuse(value: Fault): void {
    this.#listener.refused(value);
    this.#done();
  }

  #done(): void {
    this.#held?.close();
    this.#held = null;
    const next = this.#next();
    if (next) this.#later(() => this.#take(next));
    else this.#isBusy = false;
  }

  /** A throw is a bug of ours: this session ends with it, the others go on. */
  #within(act: () => void): void {
    try {
      act();
    } catch (cause) {
      this.#parts.gateway.log('a realtime session failed inside', cause);
      this.#parts.socket.close(1011, 'Internal Server Error');
    }
  }

  readonly #later = (task: () => void): void =>
    void this.#parts.gateway.world.after(0, () => {
      if (this.isOpen) this.#within(task);
    });
}
