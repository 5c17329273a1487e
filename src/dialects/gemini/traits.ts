import { GEMINI, mixesTools } from '../gemini-names.ts';
import type { ChatTraits } from '../traits.ts';

export const TRAITS: ChatTraits = {
  vocabulary: GEMINI,
  speakerNames: false,
  imageDetail: false,
  failedResults: true,
  reasoningModes: false,
  nativeToolChoice: true,
  metadata: false,
  plugins: false,
  resultsAnywhere: false,
  rootsSchemas: true,
  prefill: false,
  // "Must start with a letter or an underscore … dots and dashes, with a maximum length of 64" (google-gemini/gemini-cli#7878,
  // read 2026-11-25; colons are taken only at times).
  toolNames: { refused: /[^a-zA-Z0-9_.-]/g, first: /^[a-zA-Z_]/, max: 64 },
  toolIds: () => null,
  // The reference of the tool, read 2026-11-25.
  webSearch: { takes: [], write: () => ({ googleSearch: {} }), besideFunctions: mixesTools },
};
