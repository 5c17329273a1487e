import type { Fault } from '../../base/fault.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import type { Loss } from '../../call/loss.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall } from '../dialect.ts';
import { generationConfig } from './config.ts';
import { geminiContents } from './contents.ts';
import { GEMINI } from './names.ts';
import { geminiTools } from './tools.ts';

/** A call as `generateContent` takes it. The model stands in the path, and so does whether it streams. */
export function encodeGeminiCall(call: Call, target: Target, assets: Assets): Result<EncodedCall, Fault> {
  const losses: Loss[] = [];
  const contents = geminiContents(call, target, assets, losses);
  if (!contents.ok) return contents;
  const config = generationConfig(call, target.endpoint, losses);
  if (!config.ok) return config;
  const { system } = contents.value;
  if (call.cache) losses.push({ field: 'cache_control', reason: 'Gemini caches prompts without breakpoints' });
  const native = call.native?.dialect === GEMINI ? call.native.fields : {};
  const body = {
    ...native,
    contents: contents.value.contents,
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    ...geminiTools(call, losses),
    ...(call.serviceTier !== undefined && { serviceTier: call.serviceTier }),
    generationConfig: config.value,
  };
  const method = call.stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  return ok({ path: `/models/${target.endpoint.upstreamId}:${method}`, headers: {}, body, losses });
}
