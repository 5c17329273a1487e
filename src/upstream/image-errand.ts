import type { Fault } from '../base/fault.ts';
import { createSplitter } from '../base/frames.ts';
import { ok, type Result } from '../base/result.ts';
import { countOf, type ImageCall, type ImageReply } from '../call/image.ts';
import { addUsage, type Usage } from '../call/usage.ts';
import type { Dialects, ImageDialect, WholeContext } from '../dialects/dialect.ts';
import { sentFields } from '../dialects/image-capabilities.ts';
import { bendAnswers } from '../dialects/quirks.ts';
import type { Errand } from './errand.ts';
import { fetchResults, isUnfinished, type JobMeans } from './image-job.ts';
import { malformed, mediaTypeOf, parseInTurns, type Reader, readWhole, tooDeep, tooDeepFault } from './read-body.ts';
import { type PortionOf, type WholeAnswer, wholeErrand } from './whole-errand.ts';

type Means = JobMeans & { readonly dialects: Dialects };

/**
 * Pictures to be drawn: as many exchanges as the endpoint's dialect needs for all of them. A host's stream is no stream
 * here: what is unfinished is shown as it comes, and the answer counts once it is whole, so that another endpoint may
 * still draw it.
 */
export const imageErrand = (means: Means, call: ImageCall): Errand<'images'> =>
  wholeErrand(
    {
      dialectAt: ({ endpoint }) => means.dialects.of('images', endpoint.dialect.id),
      parameters: (asked) => [...sentFields(asked), ...Object.keys(asked.native?.fields ?? {})],
      entries: {
        name: 'pictures',
        param: 'n',
        countOf,
        slice: (whole, from, to) => ({ ...whole, n: to - from }),
        check,
      },
      join,
      special: {
        accept: (portion) => (isStreamed(means, portion) ? 'text/event-stream' : 'application/json'),
        read: (portion, answer) => readAnswer(means, portion, answer),
      },
    },
    call,
  );

const dialectOf = ({ dialects }: Means, { target }: PortionOf<'images'>): ImageDialect =>
  dialects.of('images', target.endpoint.dialect.id);

const isStreamed = (means: Means, portion: PortionOf<'images'>): boolean =>
  portion.call.stream && dialectOf(means, portion).streams?.(portion.target) === true;

function readAnswer(means: Means, portion: PortionOf<'images'>, answer: WholeAnswer<'images'>): Reader {
  const { target, call } = portion;
  const dialect = bendAnswers(dialectOf(means, portion), target, answer.sink.lost);
  const context: WholeContext<'images'> = { target, call, headers: answer.headers };
  const type = mediaTypeOf(answer.headers);
  /** Drawn by now, or to be waited for. */
  const proceed = (reply: Result<ImageReply, Fault>): void => {
    if (!reply.ok || !isUnfinished(reply.value, call)) return answer.settle(reply);
    const results = fetchResults(means, { context, dialect, first: reply.value, answered: answer });
    answer.sink.waits?.(results.cancel);
    results.done.then(answer.settle);
  };
  if (type === 'text/event-stream' && dialect.decodeFrames)
    return readFrames(dialect.decodeFrames(context), { answer, context, proceed });
  return readWhole((bytes) =>
    parseInTurns(bytes, { target, type, later: answer.sink.later }, (body) =>
      proceed(body.ok ? dialect.decodeReply(body.value, context) : body),
    ),
  );
}

type Reading = {
  readonly answer: WholeAnswer<'images'>;
  readonly context: WholeContext<'images'>;
  readonly proceed: (reply: Result<ImageReply, Fault>) => void;
};

/** What is cut before a picture was finished is told by the attempt. */
function readFrames(
  frames: ReturnType<NonNullable<ImageDialect['decodeFrames']>>,
  { answer: { sink }, context, proceed }: Reading,
): Reader {
  const splitter = createSplitter('sse');
  let isOver = false;
  const take = (all: ReturnType<typeof splitter.push>): void => {
    for (const frame of all) {
      if (isOver) return;
      const obstacle = frame.exception
        ? malformed(context.target, 'sent an event that is too large')
        : tooDeep(frame.data) && tooDeepFault(context.target);
      if (obstacle) {
        isOver = true;
        return sink.failed(obstacle);
      }
      const steps = frames.push(frame);
      if (steps.length > 0) sink.events(steps);
    }
  };
  return {
    push: (bytes) => take(splitter.push(bytes)),
    end: () => {
      take(splitter.end());
      const reply = isOver ? 'cut' : frames.end();
      if (reply !== 'cut') proceed(reply);
    },
  };
}

/** A vendor may draw fewer than were asked for, never more: nobody pays for what nobody wanted. */
function check(reply: ImageReply, { call }: PortionOf<'images'>): Result<ImageReply, Fault> {
  const most = countOf(call);
  return ok(reply.images.length <= most ? reply : { ...reply, images: reply.images.slice(0, most) });
}

function join(replies: readonly [ImageReply, ...ImageReply[]]): ImageReply {
  const [first] = replies;
  const usage = sum(replies.map((reply) => reply.usage));
  return {
    images: replies.flatMap(({ images }) => images),
    ...(first.id !== undefined && { id: first.id }),
    ...(first.settings && { settings: first.settings }),
    ...(usage && { usage }),
  };
}

/** Undefined if one of the answers was not counted: a part of the bill would be missing. */
function sum(usages: readonly (Usage | undefined)[]): Usage | undefined {
  let all: Usage | undefined;
  for (const usage of usages) {
    if (!usage) return undefined;
    all = all ? addUsage(all, usage) : usage;
  }
  return all;
}
