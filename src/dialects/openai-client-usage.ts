import type { JsonObject } from '../base/json.ts';
import type { Bill } from '../call/event.ts';
import { cachedTokens, completionTokens, promptTokens, type Usage } from '../call/usage.ts';
import { encodeBill } from './bill.ts';

/** Searches of the host's own are no calls of the gateway's tools (`ServerToolUseDetails` of the contract). */
export const encodeToolUse = ({ webSearches, serverTools }: Usage): JsonObject => ({
  web_search_requests: webSearches + (serverTools?.searches ?? 0),
  ...(serverTools && { tool_calls_requested: serverTools.requested, tool_calls_executed: serverTools.executed }),
});

/**
 * Usage in OpenAI's meaning with OpenRouter's additions (spec §2.2): prompt tokens include caches, completion tokens
 * include reasoning.
 */
export function encodeUsage(usage: Usage, bill: Bill | undefined): JsonObject {
  const prompt = promptTokens(usage);
  const completion = completionTokens(usage);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: cachedTokens(usage),
      cache_write_tokens: usage.inputCacheWrite + usage.inputCacheWrite1h,
      audio_tokens: usage.inputAudio + usage.inputAudioCacheRead,
      video_tokens: usage.inputVideo,
      ...(usage.inputImage > 0 && { image_tokens: usage.inputImage }),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.outputReasoning,
      audio_tokens: usage.outputAudio,
      image_tokens: usage.outputImage,
      ...(usage.outputVideo > 0 && { video_tokens: usage.outputVideo }),
      ...(usage.acceptedPrediction !== undefined && { accepted_prediction_tokens: usage.acceptedPrediction }),
      ...(usage.rejectedPrediction !== undefined && { rejected_prediction_tokens: usage.rejectedPrediction }),
    },
    ...(bill && encodeBill(bill)),
    ...((usage.webSearches > 0 || usage.serverTools) && { server_tool_use_details: encodeToolUse(usage) }),
  };
}
