import { fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import type { OperationClient } from '../dialects/dialect.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { OPERATIONS } from '../gateway/operations.ts';
import { objectionToCallback } from '../gateway/videos/callback-objection.ts';
import { contain, refuseIn } from './answers.ts';
import { type InferenceHandler, inferenceHandler, wholeAnswer } from './inference.ts';

/** `POST /videos`: begins a job, if its account has not too many. */
export const videoHandler = (dialect: OperationClient<'videos'>, gateway: Gateway): InferenceHandler =>
  inferenceHandler(
    {
      operation: OPERATIONS.videos,
      dialect,
      completed: (call) => call,
      objection: (call) => objectionToCallback(gateway, call.callbackUrl),
      answer: (exchange) => {
        const { response, request } = exchange;
        gateway.jobs.store.running(request.caller.accountId).then(
          (running) =>
            contain(exchange, () => {
              if (running < LIMITS.jobs_running_max) return wholeAnswer(exchange, dialect);
              exchange.room?.close();
              refuseIn(dialect, response, TOO_MANY);
            }),
          (cause: unknown) => {
            gateway.log('jobs could not be counted', cause);
            exchange.room?.close();
            refuseIn(dialect, response, fault('server', 'Internal Server Error'));
          },
        );
      },
    },
    gateway,
  );

const TOO_MANY = fault('rate_limit_exceeded', `At most ${LIMITS.jobs_running_max} jobs of an account run at a time.`, {
  retryAfterMs: 60_000,
});
