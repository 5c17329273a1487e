import { type ChatTraits, PLAIN_TRAITS } from '../traits.ts';
import { OLLAMA } from './names.ts';

export const TRAITS: ChatTraits = { ...PLAIN_TRAITS, vocabulary: OLLAMA, prefill: true };
