import type { Client } from './matrix/client.ts';
import type { Recording } from './recordings.ts';
import type { Expected } from './recordings-expect.ts';

/** Why a program of this dialect is not shown a recording: it means something else there, or nothing at all. */
export function exclusionOf({ expect }: Recording, client: Client): string | undefined {
  const calls = expect.choices?.some(({ tool_calls = [] }) => tool_calls.length > 0);
  return calls ? client.cannot.tool : undefined;
}

/**
 * An expectation in the words of a dialect: only the first choice where there is one, no count and no citation that it
 * does not have, and a refusal as text where it has no place of its own. Everything else must be as in a chat completion.
 */
export function representable(expected: Expected, client: Client): Expected {
  const { choices, usage, citations_count, ...rest } = expected;
  const shown = client.cannot['two-choices'] === undefined ? choices : choices?.slice(0, 1);
  return {
    ...rest,
    ...(shown && { choices: shown.map((choice) => inWordsOf(client, choice)) }),
    ...(usage && { usage: client.cannot['cache-write'] === undefined ? usage : withoutCacheWrite(usage) }),
    ...(citations_count !== undefined && client.cannot.citations === undefined && { citations_count }),
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
