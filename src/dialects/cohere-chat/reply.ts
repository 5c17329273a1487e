import { type Fault, fault } from '../../base/fault.ts';
import { arrayOf, isObject, type Json, objectOf, stringOf } from '../../base/json.ts';
import { failed, type Result } from '../../base/result.ts';
import { collect } from '../../call/collect.ts';
import type { Reply } from '../../call/reply.ts';
import type { UpstreamContext } from '../dialect.ts';
import { addCitation, addLogprobs, addReasoning, addText, finishAnswer, startAnswer, startCall } from './answer.ts';

/** A whole answer, read in the order in which a stream would have brought it. */
export function decodeCohereReply(body: Json, upstream: UpstreamContext): Result<Reply, Fault> {
  if (!isObject(body) || !isObject(body.message))
    return failed(fault('upstream_malformed', 'The provider sent no message.'));
  const answer = startAnswer(upstream, body.id);
  const { message } = body;
  addReasoning(answer, 'plan', stringOf(message.tool_plan));
  arrayOf(message.content).forEach((entry, at) => {
    const block = objectOf(entry);
    if (typeof block.thinking === 'string') addReasoning(answer, String(at), block.thinking);
    else if (typeof block.text === 'string') addText(answer, String(at), block.text);
  });
  arrayOf(message.tool_calls).forEach((call, at) => {
    startCall(answer, String(at), objectOf(call));
  });
  for (const citation of arrayOf(message.citations)) addCitation(answer, objectOf(citation));
  addLogprobs(answer, arrayOf(body.logprobs));
  finishAnswer(answer, body);
  return collect(answer.events);
}
