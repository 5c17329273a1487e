import type { OperationId, StepOf } from '../call/operation.ts';
import type { BytesClient, BytesEncoder } from '../dialects/dialect.ts';
import type { Target } from '../facts/target.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { CallHandle, Operation } from '../gateway/operation.ts';
import { perform } from '../gateway/perform.ts';
import { contain, refuseIn } from './answers.ts';
import { CORS } from './headers.ts';
import {
  answerContext,
  type Exchange,
  extraOf,
  type InferenceHandler,
  inferenceHandler,
  type OpenContext,
  type Rim,
} from './inference.ts';
import { createEventStream } from './stream.ts';

/** Routes of an operation whose answers are streams of bytes, such as audio. `large`: what is done with large calls. */
export const bytesHandler = <O extends OperationId>(
  operation: Operation<O>,
  dialect: BytesClient<O>,
  gateway: Gateway,
  large: Pick<Rim<O>, 'completed' | 'excess'>,
): InferenceHandler =>
  inferenceHandler({ operation, dialect, ...large, answer: (exchange) => bytesAnswer(exchange, dialect) }, gateway);

/**
 * The head waits for the first bytes, so that a failure before them is told by the status. Bytes cannot say what went
 * wrong after that: the connection is closed before the end of the body, which every client notices.
 */
function bytesAnswer<O extends OperationId>(exchange: Exchange<O>, dialect: BytesClient<O>): void {
  const { gateway, operation, response, request } = exchange;
  const { id, call } = request;
  let handle: CallHandle | null = null;
  let context: OpenContext<O> | null = null;
  let encoder: BytesEncoder<O> | null = null;
  const stream = createEventStream(
    response,
    gateway.world,
    {
      contentType: () => encoder?.contentType() ?? 'application/octet-stream',
      keepAlive: '',
      headers: { 'x-generation-id': id, ...CORS },
      headWaitMs: Number.POSITIVE_INFINITY,
      keepAliveMs: Number.POSITIVE_INFINITY,
      stalledMs: gateway.upstream.deadlines.between_events_ms,
    },
    {
      pause: () => handle?.pause(),
      resume: () => handle?.resume(),
      gone: () => handle?.cancel(),
    },
  );
  const write = (steps: readonly StepOf<O>[], target: Target): void => {
    context ??= answerContext(exchange, target, { echoes: undefined });
    encoder ??= dialect.encodeSteps(context);
    const failure = steps.find((step) => step.type === 'fault');
    if (failure?.type === 'fault' && !stream.opened()) {
      stream.release();
      return refuseIn(dialect, response, failure.fault, { id, call });
    }
    const data = encoder.encode(steps);
    if (data === 'broken') response.destroy();
    else stream.write(data);
  };
  handle = perform(gateway, operation, request, {
    events: (steps, target) => contain(exchange, () => write(steps, target)),
    settled: (receipt) => {
      if (context) context.extra = extraOf(exchange, receipt);
    },
    done: (result) => {
      exchange.room?.close();
      if (result.kind === 'replied') result.release?.();
      contain(exchange, () => {
        if (result.kind !== 'failed') return stream.end();
        if (stream.opened()) return void response.destroy();
        stream.release();
        refuseIn(dialect, response, result.fault, { id, call });
      });
    },
  });
}
