import { type Fault, fault } from '../../base/fault.ts';
import { arrayOf, isObject, type Json, objectOf } from '../../base/json.ts';
import { failed, type Result } from '../../base/result.ts';
import { collect } from '../../call/collect.ts';
import type { Event } from '../../call/event.ts';
import type { Reply } from '../../call/reply.ts';
import type { UpstreamContext } from '../dialect.ts';
import { createAnswer, finishOf, sayBlock, traceOf } from './answer.ts';
import { decodeUsage, tierOf } from './usage.ts';

/** A whole answer is the events of its blocks, folded. */
export function decodeReply(body: Json, upstream: UpstreamContext): Result<Reply, Fault> {
  if (!isObject(body) || typeof body.stopReason !== 'string')
    return failed(fault('upstream_malformed', 'The provider answered with no Converse response.'));
  const answer = createAnswer(upstream);
  const blocks = arrayOf(objectOf(objectOf(body.output).message).content);
  const usage = decodeUsage(body.usage);
  const events: Event[] = [
    { type: 'start' },
    ...blocks.flatMap((block, at) => sayBlock(answer, at, block)),
    ...traceOf(body),
    finishOf(answer, body),
  ];
  if (usage) events.push({ type: 'usage', usage, ...tierOf(body) });
  return collect(events);
}
