import { type Fault, faultRow, waitSecondsOf } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { Event, UsageEvent } from '../../../call/event.ts';
import type { FinishReason } from '../../../call/finish.ts';
import type { AnswerContext } from '../../dialect.ts';
import { errorCodeOf, metadataOf } from './fault.ts';
import { createOutput } from './output.ts';
import { encodeResponse, type Outcome } from './response.ts';

/** What an answer tells on its way: an event's `type` and members, `sequence_number` left to the teller. */
export type Emit = (type: string, fields: JsonObject) => void;

/**
 * Writes an answer event by event, from `response.created` to the terminal event with the whole response. Takes the
 * events of both a stream and a finished reply, so the two can never differ.
 */
export function createAnswerWriter(answer: AnswerContext, emit: Emit): (event: Event) => void {
  const items: (JsonObject | undefined)[] = [];
  const output = createOutput({ answer, emit, output: items });
  let started = false;
  let closed = false;
  let finish: FinishReason = 'stop';
  let usage: UsageEvent | undefined;
  let serviceTier: string | undefined;

  const outcome = (status: Outcome['status'], more: Partial<Outcome>): JsonObject =>
    encodeResponse(answer, {
      status,
      output: items.filter((item) => item !== undefined),
      ...(usage && { usage: usage.usage }),
      ...(usage?.bill && { bill: usage.bill }),
      ...(serviceTier !== undefined && { serviceTier }),
      ...more,
    });

  const start = (): void => {
    if (started) return;
    started = true;
    const response = outcome('in_progress', {});
    emit('response.created', { response });
    emit('response.in_progress', { response });
    for (const body of answer.echoes ?? []) emit('response.debug', { debug: { echo_upstream_body: body } });
  };

  const end = (): void => {
    closed = true;
    const ended = ENDS[finish];
    output.close(ended.status === 'completed' ? 'completed' : 'incomplete');
    const response = outcome(ended.status, ended.more);
    if (ended.status !== 'failed') answer.finished?.(response);
    emit(`response.${ended.status}`, { response });
  };

  const fail = (value: Fault): void => {
    closed = true;
    output.close('incomplete');
    const error = { code: errorCodeOf(value), message: messageOf(value), metadata: metadataOf(value) };
    // OpenAI's SDKs throw at the first, Codex hears only the second.
    emit('error', { ...error, param: value.param ?? null });
    emit('response.failed', { response: outcome('failed', { error, errorType: faultRow(value).errorType }) });
  };

  return (event) => {
    if (closed) return;
    start();
    switch (event.type) {
      case 'start':
        serviceTier = event.serviceTier ?? serviceTier;
        return;
      case 'finish':
        if (event.choice === 0) finish = event.reason;
        return;
      case 'usage':
        usage = event;
        serviceTier = event.serviceTier ?? serviceTier;
        return;
      case 'end':
        return end();
      case 'fault':
        return fail(event.fault);
      default:
        output.add(event);
    }
  };
}

/** Codex reads how long to wait from these words (codex-rs, try_parse_retry_after, read 2026-11-29). */
function messageOf(fault: Fault): string {
  const { message } = fault;
  const wait = waitSecondsOf(fault);
  if (wait === undefined || /try again in \d/i.test(message)) return message;
  return `${message} Please try again in ${wait}s.`;
}

type End = { readonly status: 'completed' | 'incomplete' | 'failed'; readonly more: Partial<Outcome> };

const ENDS: { readonly [Reason in FinishReason]: End } = {
  stop: { status: 'completed', more: {} },
  tool_calls: { status: 'completed', more: {} },
  length: { status: 'incomplete', more: { incomplete: 'max_output_tokens' } },
  content_filter: { status: 'incomplete', more: { incomplete: 'content_filter' } },
  error: {
    status: 'failed',
    more: {
      error: { code: 'server_error', message: 'The provider ended the answer with an error.' },
      errorType: 'provider_unavailable',
    },
  },
};
