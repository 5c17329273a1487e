import { type Fault, fault } from '../../base/fault.ts';
import { isObject, type Json } from '../../base/json.ts';
import { failed, type Result } from '../../base/result.ts';
import { collect } from '../../call/collect.ts';
import type { Reply } from '../../call/reply.ts';
import type { UpstreamContext } from '../dialect.ts';
import { createGeminiReader } from './events.ts';

/** A whole answer has the shape of one chunk, so it is read like a stream of one. */
export function decodeGeminiReply(body: Json, upstream: UpstreamContext): Result<Reply, Fault> {
  const whole = Array.isArray(body) ? body[0] : body;
  if (!isObject(whole)) return failed(fault('upstream_malformed', 'The provider sent no JSON object.'));
  const reader = createGeminiReader(upstream);
  return collect([...reader.read(whole), ...reader.end()]);
}
