import { OPENAI_IDS } from '../../tool-ids.ts';
import { CUSTOMARY_NAMES } from '../../tool-names.ts';
import type { ChatTraits } from '../../traits.ts';

export const TRAITS: ChatTraits = {
  vocabulary: 'openai-responses',
  speakerNames: false,
  imageDetail: true,
  failedResults: false,
  reasoningModes: true,
  nativeToolChoice: true,
  metadata: true,
  plugins: false,
  // Items may stand in any order.
  resultsAnywhere: true,
  rootsSchemas: false,
  prefill: false,
  toolNames: CUSTOMARY_NAMES,
  toolIds: () => OPENAI_IDS,
  // The reference of the tool, read 2026-11-25.
  webSearch: {
    takes: ['allowed_domains', 'user_location', 'search_context_size'],
    write: ({ allowed_domains, ...search }) => ({
      type: 'web_search',
      ...(allowed_domains !== undefined && { filters: { allowed_domains } }),
      ...search,
    }),
    besideFunctions: () => true,
  },
};
