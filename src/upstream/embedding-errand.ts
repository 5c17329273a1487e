import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { EmbeddingCall, EmbeddingReply } from '../call/embedding.ts';
import { type Usage, usageOf } from '../call/usage.ts';
import type { Dialects, EmbeddingContext, EmbeddingDialect } from '../dialects/dialect.ts';
import { pseudonym } from '../dialects/suit.ts';
import type { Target } from '../facts/target.ts';
import type { Errand, Translation } from './errand.ts';
import { malformed, mediaTypeOf, parseWhole, readWhole } from './read-body.ts';

/** Things to embed: as many exchanges as the endpoint's dialect needs for all of them. */
export function embeddingErrand(
  { dialects }: { readonly dialects: Pick<Dialects, 'embeddings'> },
  call: EmbeddingCall,
): Errand<EmbeddingReply> {
  return {
    isStreamed: false,
    blobs: call.blobs ?? [],
    isLarge: call.isLarge === true,
    parameters: () => [
      ...(call.dimensions === undefined ? [] : ['dimensions']),
      ...(call.inputType === undefined ? [] : ['input_type']),
      ...Object.keys(call.native?.fields ?? {}),
    ],
    translate: (target) => {
      const dialect = dialects.embeddings(target.endpoint.dialect.id);
      const most = dialect.inputsMax(target);
      if (call.inputs.length > most * LIMITS.embedding_requests_max) return failed(tooMany(target, most));
      const [first = call, ...others] = portionsOf(call, most);
      const mustMatch = others.length > 0;
      const translation = (portion: EmbeddingCall): Translation<EmbeddingReply> =>
        translate(dialect, { target, call: portion }, mustMatch);
      return ok([translation(first), ...others.map(translation)]);
    },
    join: ([first, ...others]) => (others.length === 0 ? first : join([first, ...others])),
  };
}

function portionsOf(call: EmbeddingCall, most: number): EmbeddingCall[] {
  const portions: EmbeddingCall[] = [];
  for (let at = 0; at < call.inputs.length; at += most)
    portions.push({ ...call, inputs: call.inputs.slice(at, at + most) });
  return portions;
}

function translate(
  dialect: EmbeddingDialect,
  context: Omit<EmbeddingContext, 'headers'>,
  mustMatch: boolean,
): Translation<EmbeddingReply> {
  const { call, target } = context;
  return {
    accept: 'application/json',
    assets: () => dialect.assets(call),
    encode: (assets) =>
      dialect.encodeCall(call.user === undefined ? call : { ...call, user: pseudonym(call.user) }, target, assets),
    read: (headers, sink) =>
      readWhole((bytes) => {
        const body = parseWhole(target, mediaTypeOf(headers), bytes);
        const reply = body.ok ? dialect.decodeReply(body.value, { ...context, headers }) : body;
        const checked = reply.ok ? matching(reply.value, { call, target }, mustMatch) : reply;
        if (checked.ok) sink.replied(checked.value);
        else sink.failed(checked.error);
      }),
    decodeFault: dialect.decodeFault,
  };
}

/**
 * With a vector too few nobody knows whose is missing, and a vector too many would shift those of the requests that
 * follow.
 */
function matching(
  reply: EmbeddingReply,
  { call: { inputs }, target }: Omit<EmbeddingContext, 'headers'>,
  mustMatch: boolean,
): Result<EmbeddingReply, Fault> {
  const { length } = reply.vectors;
  if (length === inputs.length || (length > inputs.length && !mustMatch)) return ok(reply);
  return failed(malformed(target, `answered with ${reply.vectors.length} vectors for ${inputs.length} inputs`));
}

const tooMany = ({ endpoint }: Target, most: number): Fault =>
  fault(
    'upstream_not_implemented',
    `${endpoint.provider.name} takes ${most} inputs at a time: at most ${most * LIMITS.embedding_requests_max} in one call.`,
    { param: 'input' },
  );

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
