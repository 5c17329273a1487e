import { REASONING_FORMATS } from '../../../call/message.ts';
import { CACHE_BREAKPOINT, CACHE_BREAKPOINT_QUIRK } from '../../cache-breakpoint.ts';
import type { Quirks } from '../../quirks.ts';
import { STRICT_SCHEMAS, STRICT_SCHEMAS_QUIRK } from '../../strict-schema.ts';

/**
 * A provider whose encrypted reasoning is not interchangeable with OpenAI's names its family as a quirk; `familyOf`
 * reads it. Families as OpenRouter publishes them (its OpenAPI, `ReasoningFormat`, read 2026-11-22).
 */
const FAMILIES: Quirks = Object.fromEntries(
  REASONING_FORMATS.filter((format) => format.endsWith('-responses-v1') && format !== 'openai-responses-v1').map(
    (format) => [format, { why: `Encrypted reasoning belongs to the family ${format}; read 2026-11-22.` }],
  ),
);

export const QUIRKS: Quirks = {
  ...FAMILIES,
  'listed-efforts': {
    why: 'Models without listed efforts refuse reasoning.effort: docs.x.ai, reasoning; read 2026-11-24.',
  },
  [STRICT_SCHEMAS]: STRICT_SCHEMAS_QUIRK,
  [CACHE_BREAKPOINT]: CACHE_BREAKPOINT_QUIRK,
};
