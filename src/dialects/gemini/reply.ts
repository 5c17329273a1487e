import { type Fault, fault } from '../../base/fault.ts';
import { isObject, type Json } from '../../base/json.ts';
import { failed, type Result } from '../../base/result.ts';
import { collect } from '../../call/collect.ts';
import type { Reply } from '../../call/reply.ts';
import type { UpstreamContext } from '../dialect.ts';
import { createGeminiReader } from './events.ts';

/** A whole answer has the shape of one chunk, so it is read like a stream of one. A stream without SSE is a list of chunks. */
export function decodeGeminiReply(body: Json, upstream: UpstreamContext): Result<Reply, Fault> {
  const chunks = Array.isArray(body) ? (body as readonly Json[]) : [body];
  if (!isObject(chunks[0])) return failed(fault('upstream_malformed', 'The provider sent no JSON object.'));
  const reader = createGeminiReader(upstream);
  return collect([...chunks.flatMap((chunk) => reader.read(chunk)), ...reader.end()]);
}
