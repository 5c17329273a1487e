import { type Json, type JsonObject, objectOf } from '../../../base/json.ts';
import type { ClientDialect } from '../../dialect.ts';
import { encodeGeminiFault } from '../../gemini-fault.ts';
import { GEMINI } from '../../gemini-names.ts';
import { decodeCall } from './call.ts';
import { encodeEvents, encodeList } from './events.ts';
import { encodeReply } from './reply.ts';

export { decodeCountTokens, type GeminiPath, splitGeminiPath } from './call.ts';

/** Google's `models/{model}:generateContent` and `:streamGenerateContent`, as `@google/genai` speaks it. */
export const geminiClient: ClientDialect = {
  id: GEMINI,
  decodeCall,
  encodeReply,
  encodeEvents,
  encodeFault: encodeGeminiFault,
  // Google's SDKs for Python and Go take a comment for a broken answer, the one for Go even a single blank line
  // (google-genai 3.6 and google.golang.org/genai 1.77, tried 2026-11-25); an empty event is skipped by all of them.
  keepAlive: '\n\n',
  streamContentType: 'text/event-stream',
};

/** The same without `alt=sse`: a stream is a JSON array, kept alive by white space. */
export const geminiListClient: ClientDialect = {
  ...geminiClient,
  encodeEvents: encodeList,
  keepAlive: '\n',
  streamContentType: 'application/json; charset=utf-8',
};

/** The answer to `:countTokens`. */
export const encodeTokenCount = (tokens: number, extra?: JsonObject): Json => ({
  totalTokens: tokens,
  promptTokensDetails: [{ modality: 'TEXT', tokenCount: tokens }],
  ...objectOf(extra),
});
