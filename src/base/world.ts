/** Everything that is not deterministic, handed in from outside, so that the whole gateway can run in virtual time. */
export type World = {
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number;
  /** Milliseconds since some moment, by a clock that nobody sets: for durations, which `now` would stretch or cut. */
  readonly elapsed: () => number;
  /** Runs `task` once after `ms`; the returned function cancels it. */
  readonly after: (ms: number, task: () => void) => Cancel;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** A new unique id: the prefix, a dash, 24 characters that sort by time. */
  readonly newId: (prefix: string) => string;
  /** One HTTP exchange. Never throws: a failure arrives at the handler. */
  readonly request: (request: WireRequest, handler: WireHandler) => Wire;
};

/** Gives up what was begun. Calling it again, or after the end, does nothing. */
export type Cancel = () => void;

/** One HTTP request, complete: nothing is added to it on the way but what HTTP itself demands. */
export type WireRequest = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  /** Pieces are sent one after the other. */
  readonly body: string | readonly Uint8Array[] | null;
  /**
   * Which addresses may be reached. `operator`: the operator named the host, private ones allowed. `public`: a caller
   * named it, so only global unicast addresses, resolved once and pinned.
   */
  readonly reach: 'operator' | 'public';
};

/** Header fields by their names in small letters. */
export type WireHeaders = { readonly [name: string]: string | undefined };

/**
 * Called synchronously as bytes arrive; exactly one of `end` and `error` is the last call, unless aborted. The bytes of
 * `data` are valid only during the call: what is kept is copied.
 */
export type WireHandler = {
  readonly head: (status: number, headers: WireHeaders) => void;
  readonly data: (bytes: Uint8Array) => void;
  readonly end: () => void;
  readonly error: (error: WireError) => void;
};

/** Why an exchange ended without its answer's end. */
export type WireError = {
  /**
   * `refused` never reached the host; `reset` broke off; `malformed` was not HTTP; `forbidden` was refused by us;
   * `exhausted`: this machine has no more connections to give.
   */
  readonly kind: 'refused' | 'reset' | 'malformed' | 'forbidden' | 'exhausted';
  readonly message: string;
};

export type Wire = {
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends the exchange at once; no handler is called afterwards. */
  readonly abort: () => void;
};
