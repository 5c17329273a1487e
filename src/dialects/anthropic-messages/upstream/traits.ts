import type { ChatTraits } from '../../traits.ts';
import { DIALECT } from '../words.ts';

/** Of Claude, whoever hosts it: the search is run by Anthropic's own API alone. */
export const CLAUDE_TRAITS: ChatTraits = {
  vocabulary: DIALECT,
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
  // "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'" (github/copilot-cli#1879, read 2026-11-25).
  toolNames: { refused: /[^a-zA-Z0-9_-]/g, max: 128 },
  // Ids of any length and kind are taken; the writer keeps them apart itself.
  toolIds: () => null,
  webSearch: null,
};

export const ANTHROPIC_TRAITS: ChatTraits = {
  ...CLAUDE_TRAITS,
  // The reference of the tool, read 2026-11-25.
  webSearch: {
    takes: ['max_uses', 'allowed_domains', 'blocked_domains', 'user_location'],
    write: (search) => ({ type: 'web_search_20250305', name: 'web_search', ...search }),
    besideFunctions: () => true,
  },
};
