export {
  decodeCountTokens,
  encodeTokenCount,
  type GeminiPath,
  geminiClient,
  geminiListClient,
  splitGeminiPath,
} from './client/index.ts';

import type { UpstreamDialect } from '../dialect.ts';
import { encodeGeminiCall } from './call.ts';
import { createGeminiDecoder } from './events.ts';
import { decodeGeminiFault } from './fault.ts';
import { geminiAssets } from './media.ts';
import { GEMINI } from './names.ts';
import { QUIRKS } from './quirks.ts';
import { decodeGeminiReply } from './reply.ts';

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
};

export { encodeGeminiFault } from './fault.ts';
