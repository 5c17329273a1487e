import type { Target } from '../../facts/target.ts';
import type { Quirks } from '../quirks.ts';

export const QUIRKS = {
  'server-tool-invocations': {
    why: 'from the third generation on wants toolConfig.includeServerSideToolInvocations where its own tools stand beside functions; Vertex AI does not know the field: cloudwego/eino-ext#761, ag2ai/ag2#3145, read 2026-11-25',
  },
  'tier-header': {
    why: 'Vertex AI is told the tier by X-Vertex-AI-LLM-Shared-Request-Type and refuses serviceTier in the body: docs.cloud.google.com/vertex-ai/generative-ai/docs/priority-paygo, read 2026-11-24',
  },
} as const satisfies Quirks;

export const hasQuirk = (target: Target, name: keyof typeof QUIRKS): boolean =>
  target.endpoint.dialect.quirks.includes(name);
