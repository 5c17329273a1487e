import type { RealtimeDialect } from '../dialect.ts';
import { decodeFault } from '../openai-fault.ts';

/**
 * OpenAI's realtime API over WebSockets (openai 7.57, `resources/realtime`, read 2026-11-29). Azure and others speak the
 * same at their own base URLs. The header `OpenAI-Beta` asks for the shapes of before August 2025, where a host still has them.
 */
export const openaiRealtime: RealtimeDialect = {
  id: 'openai-realtime',
  open: ({ endpoint }, { isBeta }) => ({
    path: `${endpoint.dialect.path ?? '/realtime'}?model=${encodeURIComponent(endpoint.upstreamId)}`,
    headers: isBeta ? { 'openai-beta': 'realtime=v1' } : {},
  }),
  decodeFault,
};
