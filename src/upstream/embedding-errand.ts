import type { Fault } from '../base/fault.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { EmbeddingCall, EmbeddingReply } from '../call/embedding.ts';
import { type Usage, usageOf } from '../call/usage.ts';
import type { Dialects } from '../dialects/dialect.ts';
import type { Errand } from './errand.ts';
import { malformed } from './read-body.ts';
import { type PortionOf, wholeErrand } from './whole-errand.ts';

type Portion = PortionOf<'embeddings'>;

/** Things to embed: as many exchanges as the endpoint's dialect needs for all of them. */
export const embeddingErrand = (
  { dialects }: { readonly dialects: Dialects },
  call: EmbeddingCall,
): Errand<'embeddings'> =>
  wholeErrand(
    {
      dialectAt: ({ endpoint }) => dialects.of('embeddings', endpoint.dialect.id),
      parameters: ({ dimensions, inputType, native }) => [
        ...(dimensions === undefined ? [] : ['dimensions']),
        ...(inputType === undefined ? [] : ['input_type']),
        ...Object.keys(native?.fields ?? {}),
      ],
      entries: {
        name: 'inputs',
        param: 'input',
        countOf: ({ inputs }) => inputs.length,
        slice: (whole, from, to) => ({ ...whole, inputs: whole.inputs.slice(from, to) }),
        check: matching,
      },
      join: (replies) => join(replies),
    },
    call,
  );

/**
 * With a vector too few nobody knows whose is missing, and a vector too many would shift those of the requests that
 * follow.
 */
function matching(reply: EmbeddingReply, { call: { inputs }, target, isPart }: Portion): Result<EmbeddingReply, Fault> {
  const { length } = reply.vectors;
  if (length === inputs.length || (length > inputs.length && !isPart)) return ok(reply);
  return failed(malformed(target, `answered with ${reply.vectors.length} vectors for ${inputs.length} inputs`));
}

function join(replies: readonly EmbeddingReply[]): EmbeddingReply {
  const usage = sum(replies.map((reply) => reply.usage));
  const id = replies.find((reply) => reply.id !== undefined)?.id;
  return {
    vectors: replies.flatMap((reply) => reply.vectors),
    ...(id !== undefined && { id }),
    ...(usage && { usage }),
  };
}

/** Undefined if one of the answers was not counted: a part of the bill would be missing. */
function sum(usages: readonly (Usage | undefined)[]): Usage | undefined {
  const counts = { input: 0, inputAudio: 0, inputImage: 0, inputVideo: 0, images: 0, inputSeconds: 0 };
  for (const usage of usages) {
    if (!usage) return undefined;
    for (const meter of Object.keys(counts) as (keyof typeof counts)[]) counts[meter] += usage[meter];
  }
  return usageOf(counts);
}
