export {
  decodeCountTokens,
  encodeTokenCount,
  type GeminiPath,
  geminiClient,
  geminiListClient,
  splitGeminiPath,
} from './client/index.ts';

import type { UpstreamDialect } from '../dialect.ts';
import { decodeGeminiFault } from '../gemini-fault.ts';
import { geminiAssets } from '../gemini-media.ts';
import { GEMINI } from '../gemini-names.ts';
import { encodeGeminiCall } from './call.ts';
import { createGeminiDecoder } from './events.ts';
import { QUIRKS } from './quirks.ts';
import { decodeGeminiReply } from './reply.ts';
import { TRAITS } from './traits.ts';

/** Google's `generateContent`, on the Gemini API and on Vertex AI: they differ in base URL and signing only. */
export const geminiUpstream: UpstreamDialect = {
  id: GEMINI,
  framing: 'sse',
  assets: geminiAssets,
  encodeCall: encodeGeminiCall,
  decodeReply: decodeGeminiReply,
  decodeEvents: createGeminiDecoder,
  decodeFault: decodeGeminiFault,
  quirks: QUIRKS,
  traits: TRAITS,
};

export { encodeGeminiFault } from '../gemini-fault.ts';
