import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { WireHeaders, WireRequest } from '../base/world.ts';
import type { CallOf, OperationId, ReplyOf } from '../call/operation.ts';
import type { WholeContext, WholeDialect } from '../dialects/dialect.ts';
import { bendAnswers } from '../dialects/quirks.ts';
import { pseudonym } from '../dialects/suit.ts';
import type { Target } from '../facts/target.ts';
import type { Errand, Translation } from './errand.ts';
import { mediaTypeOf, parseInTurns, type Reader, readWhole, type Sink } from './read-body.ts';

/** What an operation says of its calls, so that one that answers in one piece can be carried. */
export type WholeWork<O extends OperationId> = {
  readonly dialectAt: (target: Target) => WholeDialect<O>;
  /** The parameters that were sent, by the names that losses go by. */
  readonly parameters: (call: CallOf<O>) => readonly string[];
  /** What a call consists of: as many as one request takes are sent together. */
  readonly entries: {
    /** The caller's word for them: `inputs`. */
    readonly name: string;
    readonly param: string;
    readonly countOf: (call: CallOf<O>) => number;
    /** The call with those of its entries from the first place to before the last. */
    readonly slice: (call: CallOf<O>, from: number, to: number) => CallOf<O>;
    /** Refuses an answer that does not fit what was asked, or would shift the answers to the parts behind it. */
    readonly check: (reply: ReplyOf<O>, portion: PortionOf<O>) => Result<ReplyOf<O>, Fault>;
  };
  readonly join: Errand<O>['join'];
  /** Where an answer may be more than one JSON body. */
  readonly special?: {
    /** The media type that is asked for. */
    readonly accept: (portion: PortionOf<O>) => string;
    readonly read: (portion: PortionOf<O>, answer: WholeAnswer<O>) => Reader;
  };
};

/** One 2xx answer that is about to be read. */
export type WholeAnswer<O extends OperationId> = {
  readonly headers: WireHeaders;
  readonly sink: Sink<O>;
  /** What it answers, signed, and the path that was appended to the base URL for it. */
  readonly sent: WireRequest;
  readonly path: string;
  /** What came of it, in the end: checked, and handed to the sink. */
  readonly settle: (reply: Result<ReplyOf<O>, Fault>) => void;
};

/** What one request asks for: the whole call, or a part of it. */
export type PortionOf<O extends OperationId> = Omit<WholeContext<O>, 'headers'> & {
  readonly isPart: boolean;
  /** The place of its first entry in the call. */
  readonly from: number;
};

/** A call whose answer comes in one piece: as many exchanges as the endpoint's dialect needs for all of its entries. */
export function wholeErrand<O extends OperationId>(work: WholeWork<O>, call: CallOf<O>): Errand<O> {
  const { entries } = work;
  return {
    isStreamed: false,
    isContent: () => false,
    blobs: call.blobs ?? [],
    isLarge: call.isLarge === true,
    parameters: () => work.parameters(call),
    translate: (target) => {
      const dialect = work.dialectAt(target);
      const most = dialect.entriesMax(target);
      const count = entries.countOf(call);
      if (count > most * LIMITS.portions_max) return failed(tooMany(target, most, entries));
      const isPart = count > most;
      const portion = (from: number): Translation<O> => {
        const part = isPart ? entries.slice(call, from, from + most) : call;
        return translate(work, dialect, { target, call: part, isPart, from });
      };
      const others: Translation<O>[] = [];
      for (let at = most; at < count; at += most) others.push(portion(at));
      return ok([portion(0), ...others]);
    },
    join: (replies) => (replies.length === 1 ? replies[0] : work.join(replies)),
  };
}

function translate<O extends OperationId>(
  work: WholeWork<O>,
  dialect: WholeDialect<O>,
  portion: PortionOf<O>,
): Translation<O> {
  const { call, target } = portion;
  let path = '';
  const settleIn =
    (sink: Sink<O>) =>
    (reply: Result<ReplyOf<O>, Fault>): void => {
      const checked = reply.ok ? work.entries.check(reply.value, portion) : reply;
      if (checked.ok) sink.replied(checked.value);
      else sink.failed(checked.error);
    };
  return {
    accept: work.special?.accept(portion) ?? 'application/json',
    assets: () => dialect.assets(call),
    ...(dialect.quirks && { quirks: dialect.quirks }),
    encode: (assets) => {
      const named = call.user === undefined ? call : { ...call, user: pseudonym(call.user) };
      const encoded = dialect.encodeCall(named, target, assets);
      if (encoded.ok) path = encoded.value.path;
      return encoded;
    },
    read: (headers, sink, sent) => {
      const settle = settleIn(sink);
      if (work.special) return work.special.read(portion, { headers, sink, settle, sent, path });
      const parsing = { target, type: mediaTypeOf(headers), later: sink.later };
      return readWhole((bytes) =>
        parseInTurns(bytes, parsing, (body) =>
          settle(
            body.ok ? bendAnswers(dialect, target, sink.lost).decodeReply(body.value, { target, call, headers }) : body,
          ),
        ),
      );
    },
    decodeFault: dialect.decodeFault,
  };
}

const tooMany = (
  { endpoint }: Target,
  most: number,
  { name, param }: Pick<WholeWork<OperationId>['entries'], 'name' | 'param'>,
): Fault =>
  fault(
    'upstream_not_implemented',
    `${endpoint.provider.name} takes ${most} ${name} at a time: at most ${most * LIMITS.portions_max} in one call.`,
    { param },
  );
