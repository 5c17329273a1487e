import { type ChatTraits, PLAIN_TRAITS } from '../traits.ts';

export const TRAITS: ChatTraits = {
  ...PLAIN_TRAITS,
  vocabulary: 'cohere-chat',
  // No dash in Cohere's own reference, read 2026-11-25.
  toolNames: { refused: /\W/g, first: /^[a-zA-Z_]/, max: 64 },
};
