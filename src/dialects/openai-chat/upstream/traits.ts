import { NINE_CHARACTER_IDS, OPENAI_IDS } from '../../tool-ids.ts';
import { CUSTOMARY_NAMES } from '../../tool-names.ts';
import type { ChatTraits } from '../../traits.ts';
import type { QuirkName } from './quirks.ts';

const of = (...quirks: QuirkName[]): readonly QuirkName[] => quirks;

export const TRAITS: ChatTraits = {
  vocabulary: 'openai-chat',
  speakerNames: true,
  imageDetail: true,
  failedResults: false,
  reasoningModes: of('reasoning-object'),
  // Only OpenAI's own host and gateways know lists of allowed tools; the others refuse the call.
  nativeToolChoice: of('custom-tools', 'reasoning-details'),
  metadata: false,
  // Who takes `reasoning_details` is a gateway itself.
  plugins: of('reasoning-details'),
  resultsAnywhere: false,
  rootsSchemas: false,
  // Other hosts answer such a message as if it were whole.
  prefill: of('repeats-prefill', 'assistant-prefix', 'assistant-partial'),
  toolNames: CUSTOMARY_NAMES,
  toolIds: ({ dialect }) => (dialect.quirks.includes('nine-character-tool-ids') ? NINE_CHARACTER_IDS : OPENAI_IDS),
  webSearch: null,
};
