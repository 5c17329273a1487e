import { type Fault, fault } from '../../base/fault.ts';
import { arrayOf, isObject, type Json, objectOf, stringOf } from '../../base/json.ts';
import { failed, type Result } from '../../base/result.ts';
import { collect } from '../../call/collect.ts';
import type { Reply } from '../../call/reply.ts';
import type { UpstreamContext } from '../dialect.ts';
import { createAnswer } from './answer.ts';

/** A whole answer, read in the order in which a stream would have brought it. */
export function decodeCohereReply(body: Json, upstream: UpstreamContext): Result<Reply, Fault> {
  if (!isObject(body) || !isObject(body.message))
    return failed(fault('upstream_malformed', 'The provider sent no message.'));
  const answer = createAnswer(upstream);
  const { message } = body;
  answer.start(body.id);
  answer.reasoning('plan', stringOf(message.tool_plan));
  arrayOf(message.content).forEach((entry, at) => {
    const block = objectOf(entry);
    if (typeof block.thinking === 'string') answer.reasoning(String(at), block.thinking);
    else if (typeof block.text === 'string') answer.text(String(at), block.text);
  });
  arrayOf(message.tool_calls).forEach((call, at) => {
    answer.callStart(String(at), objectOf(call));
  });
  for (const entry of arrayOf(message.citations)) {
    const citation = objectOf(entry);
    answer.citation(citation, String(citation.content_index ?? 0));
  }
  answer.logprobs(arrayOf(body.logprobs));
  answer.finish(body);
  return collect(answer.events);
}
