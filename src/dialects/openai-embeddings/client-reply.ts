import type { Json, JsonObject } from '../../base/json.ts';
import type { EmbeddingReply } from '../../call/embedding.ts';
import type { Bill } from '../../call/event.ts';
import { promptTokens, type Usage } from '../../call/usage.ts';
import { encodeBill } from '../bill.ts';
import type { AnswerContext } from '../dialect.ts';
import { base64Of, numbersOf } from '../vectors.ts';

/**
 * A body of `POST /embeddings`, with vectors in the form that the caller asked for: numbers unless it said base64. Each is
 * brought into it when it is written: 2,000 of 3,072 numbers are 25 MB in one form and 128 MB in the other.
 */
export function encodeReply({ vectors, usage, bill }: EmbeddingReply, answer: AnswerContext<'embeddings'>): Json {
  const write = answer.call.encoding === 'base64' ? base64Of : numbersOf;
  return {
    object: 'list',
    id: answer.id,
    model: answer.model,
    provider: answer.provider,
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      get embedding() {
        return write(vector);
      },
    })),
    ...(usage && { usage: encodeUsage(usage, bill) }),
    ...answer.extra,
  };
}

/** Costs are JSON numbers because the compatible API demands them. */
function encodeUsage(usage: Usage, bill: Bill | undefined): JsonObject {
  const tokens = promptTokens(usage);
  return {
    prompt_tokens: tokens,
    total_tokens: tokens,
    ...(usage.inputAudio > 0 && {
      prompt_tokens_details: { text_tokens: tokens - usage.inputAudio, audio_tokens: usage.inputAudio },
    }),
    ...(bill && encodeBill(bill)),
  };
}
