import { AROUND, ATTRIBUTION, CONVERSATION, WITHOUT_EFFECT } from './contract/conversation.ts';
import type { FieldGroup } from './contract/field.ts';
import { LIMITS_AND_STREAM, REASONING, SAMPLING, TOOLS } from './contract/parameters.ts';
import { MODEL, PROVIDER } from './contract/routing.ts';

/**
 * The chat request, field by field: the one table that the docs are rendered from and that a test holds against the
 * decoder. What OpenRouter and OpenAI accept, in our words.
 */
export const REQUEST_GROUPS: readonly FieldGroup[] = [
  CONVERSATION,
  MODEL,
  PROVIDER,
  LIMITS_AND_STREAM,
  SAMPLING,
  TOOLS,
  REASONING,
  ATTRIBUTION,
  AROUND,
  WITHOUT_EFFECT,
];

/** The groups that a model's `supported_parameters` may name. */
export const PARAMETER_GROUPS: readonly FieldGroup[] = [SAMPLING, LIMITS_AND_STREAM, TOOLS, REASONING];
