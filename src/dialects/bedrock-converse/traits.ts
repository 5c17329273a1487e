import { NINE_CHARACTER_IDS, shortenedId } from '../tool-ids.ts';
import { CUSTOMARY_NAMES } from '../tool-names.ts';
import type { ChatTraits } from '../traits.ts';

export const TRAITS: ChatTraits = {
  vocabulary: 'bedrock-converse',
  speakerNames: false,
  imageDetail: false,
  failedResults: true,
  reasoningModes: false,
  nativeToolChoice: true,
  metadata: false,
  plugins: false,
  resultsAnywhere: false,
  rootsSchemas: true,
  prefill: true,
  toolNames: CUSTOMARY_NAMES,
  toolIds: ({ upstreamId }) => (/\bmistral\./.test(upstreamId) ? NINE_CHARACTER_IDS : CONVERSE_IDS),
  webSearch: null,
};

/** 64 of a small set (the reference of ToolUseBlock, read 2026-11-29). */
const CONVERSE_IDS = {
  max: 64,
  refused: /[^A-Za-z0-9_-]/g,
  fit: (id: string, clean: string): string => (clean.length > 64 || clean === '' ? shortenedId(id, clean) : clean),
};
