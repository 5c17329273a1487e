import { LIMITS } from '../base/limits.ts';
import type { MemoryAllowance } from '../base/memory.ts';
import type { Wire, WireError, WireHandler, WireHeaders, WireRequest, World } from '../base/world.ts';

/** A whole answer is held as it came, as text and as what it means, though not as all of them for long. */
const WEIGHT = 3;
/** Of an answer that does not tell its length memory is taken for so much more at a time. */
const STEP_BYTES = 1024 * 1024;

/**
 * One exchange whose answer comes in one piece: a large one is read on only as there is memory for it, and its host waits
 * meanwhile. Clients that take nothing would else fill the memory with answers. Where the wait is in vain the exchange
 * ends as `exhausted`.
 */
export function requestWithRoom(
  world: Pick<World, 'request'>,
  request: WireRequest,
  handler: WireHandler,
  allowance: () => MemoryAllowance,
): Wire {
  const exchange = new RoomyExchange(handler, allowance);
  exchange.wire = world.request(request, exchange);
  return exchange;
}

/** Its host's handler and its caller's wire in one. */
class RoomyExchange implements WireHandler, Wire {
  wire: Wire | null = null;
  readonly #handler: WireHandler;
  readonly #allowance: () => MemoryAllowance;
  #bytes = 0;
  /** Up to here it may grow before more is asked for. */
  #roomFor: number = LIMITS.small_body_bytes;
  #taken = 0;
  #length = 0;
  #isWaiting = false;
  #isOver = false;

  constructor(handler: WireHandler, allowance: () => MemoryAllowance) {
    this.#handler = handler;
    this.#allowance = allowance;
  }

  head(status: number, headers: WireHeaders): void {
    this.#length = Math.min(Number(headers['content-length'] ?? 0) || 0, LIMITS.reply_bytes_max);
    this.#handler.head(status, headers);
  }

  data(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    this.#handler.data(chunk);
    if (this.#bytes > this.#roomFor && !this.#isWaiting && !this.#isOver) this.#askForMore();
  }

  end(): void {
    this.#isOver = true;
    this.#handler.end();
  }

  error(error: WireError): void {
    this.#isOver = true;
    this.#handler.error(error);
  }

  pause(): void {
    this.wire?.pause();
  }

  resume(): void {
    this.wire?.resume();
  }

  abort(): void {
    this.#isOver = true;
    this.wire?.abort();
  }

  #askForMore(): void {
    const wanted = Math.max(this.#length, this.#bytes + STEP_BYTES) - this.#taken;
    this.#isWaiting = true;
    let isAtOnce = true;
    this.#allowance().take(WEIGHT * wanted, (isGranted) => {
      this.#isWaiting = false;
      if (this.#isOver) return;
      if (isGranted) {
        this.#taken += wanted;
        this.#roomFor = this.#taken;
        if (!isAtOnce) this.wire?.resume();
        return;
      }
      this.#isOver = true;
      this.wire?.abort();
      this.#handler.error({ kind: 'exhausted', message: 'its memory is taken up by other calls' });
    });
    isAtOnce = false;
    if (this.#isWaiting) this.wire?.pause();
  }
}
