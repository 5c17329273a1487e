import { fault } from '../base/fault.ts';
import type { OperationId } from '../call/operation.ts';
import { resolveModel } from '../router/resolve.ts';
import { refuseIn, sendJson } from './answers.ts';
import { answerContext, type Exchange } from './inference.ts';

/**
 * Answers a call that asks nothing of its model, such as those by which Ollama's programs load one: the model must be
 * there, no provider is called and nothing is recorded. False = it asks something.
 */
export function answerUnasked<O extends OperationId>(exchange: Exchange<O>): boolean {
  const { dialect, request, response, gateway } = exchange;
  const { call } = request;
  const context = answerContext(exchange, null, { keep: undefined, echoes: undefined });
  const model = resolveModel(gateway.catalog(), call.model ?? '')?.model;
  const body = dialect.unasked?.(call, { ...context, model: model?.id ?? '' }) ?? null;
  if (body === null) return false;
  if (model) sendJson(response, JSON.stringify(body));
  else
    refuseIn(dialect, response, fault('unknown_model', `model '${(call.model ?? '').slice(0, 200)}' not found`), {
      id: null,
      call,
    });
  return true;
}
