import type { Fault } from '../../base/fault.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import type { Event } from '../../call/event.ts';
import type { ReasoningFormat } from '../../call/message.ts';
import type { Reply } from '../../call/reply.ts';
import type { AnswerContext, EncodedFault } from '../../dialects/dialect.ts';

/** A wire format as a provider speaks it: the mirror of what our upstream dialects write and read. */
export type Format = {
  readonly decodeCall: (body: JsonObject, path: PathParts) => Result<Call, Fault>;
  readonly encodeReply: (reply: Reply, answer: AnswerContext) => Json;
  /** One event at a time, framed; possibly empty. */
  readonly encodeEvents: (answer: AnswerContext) => (event: Event) => string | Uint8Array;
  readonly encodeFault: (fault: Fault) => EncodedFault;
  readonly streamContentType: string;
  /** The family whose signatures and encrypted parts this format carries. */
  readonly reasoningFormat: ReasoningFormat;
  /** One event of a stream that is not JSON. */
  readonly brokenEvent: string | Uint8Array;
};

/** Where a format has the model and its method in the path. */
export type PathParts = { readonly model: string; readonly action: string };

/** A call with nothing in it, for formats that are read by hand. */
export const EMPTY_CALL: Call = {
  model: null,
  models: [],
  stream: false,
  messages: [],
  tools: [],
  output: { type: 'text' },
  sampling: {},
  stop: [],
  gateway: {},
};
