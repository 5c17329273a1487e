import type { Fault } from '../../base/fault.ts';
import { ok, type Result } from '../../base/result.ts';
import type { EmbeddingCall } from '../../call/embedding.ts';
import type { Loss } from '../../call/loss.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import { cohereInputs, cohereOptions } from '../cohere-embedding-inputs.ts';
import type { EncodedCall } from '../dialect.ts';
import { nativeOf } from '../embedding-inputs.ts';
import { COHERE_EMBEDDINGS } from './name.ts';

/** A call as Cohere's `POST /v2/embed` takes it (Embed reference, read 2026-11-22). */
export function encodeCall(call: EmbeddingCall, target: Target, assets: Assets): Result<EncodedCall, Fault> {
  const losses: Loss[] = [];
  const inputs = cohereInputs(call, target, assets, (url) => ({ url }));
  if (!inputs.ok) return inputs;
  const body = {
    ...nativeOf(call, COHERE_EMBEDDINGS, losses),
    model: target.endpoint.upstreamId,
    ...inputs.value,
    ...cohereOptions(call),
  };
  return ok({ path: '/embed', headers: {}, body, losses });
}
