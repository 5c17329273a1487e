import type { Fault } from '../../base/fault.ts';
import type { Json } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { type EmbeddingCall, type EmbeddingInput, textOf } from '../../call/embedding.ts';
import type { Loss } from '../../call/loss.ts';
import type { Target } from '../../facts/target.ts';
import { dataWishes } from '../data-wishes.ts';
import type { EncodedCall } from '../dialect.ts';
import { cannotTake, nativeOf } from '../embedding-inputs.ts';
import { OPENAI_EMBEDDINGS } from './name.ts';
import { writePart } from './parts.ts';

/**
 * A call as `POST /embeddings` takes it. The vendor is asked for the form that the client wants, so that base64 passes
 * through as it is; a vendor that answers in the other form is understood too.
 */
export function encodeCall(call: EmbeddingCall, target: Target): Result<EncodedCall, Fault> {
  const losses: Loss[] = [];
  const input: Json[] = [];
  for (const [at, entry] of call.inputs.entries()) {
    const written = writeInput(entry);
    if (written === undefined) return failed(cannotTake(target, 'file ids', at));
    input.push(written);
  }
  const wishes = dataWishes(call.gateway, target);
  const body = {
    ...nativeOf(call, OPENAI_EMBEDDINGS, losses),
    model: target.endpoint.upstreamId,
    input,
    ...(call.encoding !== undefined && { encoding_format: call.encoding }),
    ...(call.dimensions !== undefined && { dimensions: call.dimensions }),
    ...(call.inputType !== undefined && { input_type: call.inputType }),
    ...(call.user !== undefined && { user: call.user }),
    ...(wishes && { provider: wishes }),
  };
  const path = (target.endpoint.dialect.path ?? '/embeddings').replace(
    '{model}',
    encodeURIComponent(target.endpoint.upstreamId),
  );
  return ok({ path, headers: {}, body, losses });
}

function writeInput(input: EmbeddingInput): Json | undefined {
  if (input.type === 'tokens') return input.tokens;
  const text = textOf(input);
  if (text !== undefined) return text;
  const content = input.parts.map(writePart);
  return content.includes(undefined) ? undefined : { content: content as Json[] };
}
