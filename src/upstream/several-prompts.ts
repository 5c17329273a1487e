import type { Call } from '../call/call.ts';
import type { Reply } from '../call/reply.ts';
import { addUsage, type Usage } from '../call/usage.ts';
import { completesTexts } from '../catalog/dialect-table.ts';
import type { Endpoint } from '../catalog/model.ts';

/**
 * The calls that together answer a completion of several prompts: one, where the endpoint completes texts, else a
 * conversation for each prompt (decisions/0005).
 */
export function callsFor(call: Call, { dialect }: Endpoint): readonly [Call, ...Call[]] {
  const { completion, messages } = call;
  if (!completion || completion.prompts.length < 2 || completesTexts(dialect.id)) return [call];
  const [first = call, ...others] = completion.prompts.map((prompt, at) => ({
    ...call,
    completion: { ...completion, prompts: [prompt] },
    messages: messages.slice(at, at + 1),
  }));
  return [first, ...others];
}

/** Their answers as one, numbered as OpenAI does: all answers to the first prompt, then those to the second. */
export function joinReplies(replies: readonly [Reply, ...Reply[]], answersEach: number): Reply {
  const [first] = replies;
  if (replies.length === 1) return first;
  const choices = replies.flatMap((reply, at) =>
    reply.choices.map((choice) => ({ ...choice, index: at * answersEach + choice.index })),
  );
  const { usage: _, ...rest } = first;
  const usage = sum(replies);
  return { ...rest, choices, ...(usage && { usage }) };
}

/** Undefined if one of the answers was not counted: a part of the bill would be missing. */
function sum(replies: readonly Reply[]): Usage | undefined {
  let total: Usage | undefined;
  for (const { usage } of replies) {
    if (!usage) return undefined;
    total = total ? addUsage(total, usage) : usage;
  }
  return total;
}
