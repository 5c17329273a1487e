import type { Client } from './matrix/client.ts';
import type { Expected } from './recordings-expect.ts';

const LIMIT = 'a prompt beyond the token limit is an incomplete answer in this dialect, not an error';

/** Recordings that mean something else in a dialect, with the reason. */
const EXCLUSIONS: { readonly [dialect: string]: { readonly [recording: string]: string } } = {
  'openai-responses': {
    'bedrock.400-context': LIMIT,
    'cohere-v2.400-context': LIMIT,
    'gemini.google-vertex.400-context': LIMIT,
    'oai-chat.llamacpp.400-context': LIMIT,
    'oai-chat.openrouter.400-context': LIMIT,
  },
};

export const exclusionOf = (recording: string, dialect: string): string | undefined => EXCLUSIONS[dialect]?.[recording];

/**
 * An expectation in the words of a dialect: only the first choice where there is one, no count that it does not have,
 * and a refusal as text where it has no place of its own. Everything else must be as in a chat completion.
 */
export function representable(expected: Expected, client: Client): Expected {
  const { choices, usage, ...rest } = expected;
  const shown = client.cannot['two-choices'] === undefined ? choices : choices?.slice(0, 1);
  return {
    ...rest,
    ...(shown && { choices: shown.map((choice) => inWordsOf(client, choice)) }),
    ...(usage && { usage: client.cannot['cache-write'] === undefined ? usage : withoutCacheWrite(usage) }),
  };
}

type ExpectedChoice = NonNullable<Expected['choices']>[number];

function inWordsOf(client: Client, choice: ExpectedChoice): ExpectedChoice {
  const { refusal, ...rest } = choice;
  return client.refusalIsText && refusal !== undefined ? { ...rest, content: refusal } : choice;
}

function withoutCacheWrite({ cache_creation_tokens: _, ...usage }: NonNullable<Expected['usage']>) {
  return usage;
}
