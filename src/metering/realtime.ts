import type { RealtimeCall } from '../call/realtime.ts';
import { type Exposures, remembered } from './exposure.ts';
import { NO_PIECES } from './meters.ts';

/** The most that one answer of a realtime session may consume: all that its window holds, or what we know to be in it. */
export const exposuresOfRealtime = ({ promptTokensMax, maxOutputTokens }: RealtimeCall): Exposures =>
  remembered(({ context, maxOutput }) => {
    const promptTokens = Math.min(context, promptTokensMax);
    return {
      promptTokens,
      promptTokensSum: promptTokens,
      answers: 1,
      outputTokens: Math.min(maxOutputTokens ?? context, maxOutput ?? context),
      summaries: 0,
      pieces: NO_PIECES,
    };
  });
