import { type Fault, fault } from '../../../base/fault.ts';
import { isObject, type Json } from '../../../base/json.ts';
import { failed, type Result } from '../../../base/result.ts';
import { collect } from '../../../call/collect.ts';
import type { Reply } from '../../../call/reply.ts';
import type { UpstreamContext } from '../../dialect.ts';
import { faultInside } from '../../openai-fault-inside.ts';
import { createAnswer, finishAnswer, isResponse, startOf } from './answer.ts';

/** A whole answer is the events of its items, folded. */
export function decodeReply(body: Json, upstream: UpstreamContext): Result<Reply, Fault> {
  const provider = upstream.target.endpoint.provider.name;
  const error = isObject(body) && faultInside(body, 'output', { provider, raw: () => JSON.stringify(body) });
  if (error) return failed(error);
  if (!isResponse(body)) return failed(fault('upstream_malformed', 'The provider answered with no response object.'));
  if (body.status === 'failed' || body.status === 'cancelled')
    return failed(fault('upstream_server_error', `The provider ended the response as ${body.status}.`));
  if (body.status === 'in_progress' || body.status === 'queued')
    return failed(fault('upstream_malformed', 'The provider answered before the response was finished.'));
  const answer = createAnswer(upstream);
  return collect([startOf(body), ...finishAnswer(answer, body)]);
}
