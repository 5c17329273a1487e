/** Folds a streamed chat completion as a strict client would: OpenAI's rules, one usage, `[DONE]` last. */
import assert from 'node:assert/strict';

type Choice = {
  index: number;
  message: {
    role: string;
    content: string;
    refusal: string;
    reasoning: string;
    reasoning_details: unknown[];
    tool_calls: { id: string; type: string; function: { name: string; arguments: string } }[];
    annotations: unknown[];
    images?: unknown[];
    audio?: { data: string; transcript: string };
  };
  finish_reason: string | null;
  native_finish_reason?: string | null;
  logprobs?: { content: unknown[] } | null;
};

export type Folded = { choices: Choice[]; service_tier?: string; usage?: unknown; error?: unknown; done: boolean };

export function foldStream(text: string): Folded {
  const choices = new Map<number, Choice>();
  const folded: Folded = { choices: [], done: false };
  for (const block of text.split('\n\n')) {
    if (block === '' || block.startsWith(':')) continue;
    assert(block.startsWith('data: '), `a strange block: ${block.slice(0, 80)}`);
    assert(!folded.done, 'nothing follows [DONE]');
    if (block === 'data: [DONE]') {
      folded.done = true;
      continue;
    }
    const chunk = JSON.parse(block.slice(6));
    if (chunk.error) folded.error = chunk.error;
    if (chunk.service_tier) folded.service_tier = chunk.service_tier;
    if (chunk.usage) {
      assert(!folded.usage, 'usage comes once');
      folded.usage = chunk.usage;
    }
    for (const { index, delta, finish_reason, native_finish_reason, logprobs } of chunk.choices ?? []) {
      const choice = choiceAt(choices, index);
      // The chunk that brings the usage has a choice that says nothing more.
      if (chunk.usage && finish_reason === null && Object.keys(delta).length === 0) continue;
      assert(choice.finish_reason === null || chunk.error, 'nothing but an error follows a finish');
      addDelta(choice, delta, finish_reason, native_finish_reason);
      if (logprobs?.content) choice.logprobs = { content: [...(choice.logprobs?.content ?? []), ...logprobs.content] };
    }
  }
  folded.choices = [...choices.values()].sort((a, b) => a.index - b.index);
  return folded;
}

function choiceAt(choices: Map<number, Choice>, index: number): Choice {
  let choice = choices.get(index);
  if (!choice) {
    choice = {
      index,
      message: {
        role: 'assistant',
        content: '',
        refusal: '',
        reasoning: '',
        reasoning_details: [],
        tool_calls: [],
        annotations: [],
      },
      finish_reason: null,
    };
    choices.set(index, choice);
  }
  return choice;
}

type Delta = {
  content?: string | null;
  refusal?: string | null;
  reasoning?: string | null;
  reasoning_details?: unknown[];
  annotations?: unknown[];
  images?: unknown[];
  audio?: { data?: string; transcript?: string };
  tool_calls?: { index: number; id?: string; type?: string; function?: { name?: string; arguments?: string } }[];
};

function addDelta(choice: Choice, delta: Delta, finish: string | null, native: string | null | undefined): void {
  const { message } = choice;
  if (finish !== null && finish !== undefined) {
    choice.finish_reason = finish;
    choice.native_finish_reason = native ?? null;
  }
  message.content += delta.content ?? '';
  message.refusal += delta.refusal ?? '';
  message.reasoning += delta.reasoning ?? '';
  message.reasoning_details.push(...(delta.reasoning_details ?? []));
  message.annotations.push(...(delta.annotations ?? []));
  if (delta.images) message.images = [...(message.images ?? []), ...delta.images];
  if (delta.audio)
    message.audio = {
      data: (message.audio?.data ?? '') + (delta.audio.data ?? ''),
      transcript: (message.audio?.transcript ?? '') + (delta.audio.transcript ?? ''),
    };
  for (const call of delta.tool_calls ?? []) {
    const known = message.tool_calls[call.index];
    if (!known) {
      assert.equal(call.index, message.tool_calls.length, 'tool indices are dense');
      assert(call.id && typeof call.function?.name === 'string', 'the first fragment names the call');
      message.tool_calls.push({
        id: call.id,
        type: 'function',
        function: { name: call.function.name, arguments: call.function.arguments ?? '' },
      });
    } else known.function.arguments += call.function?.arguments ?? '';
  }
}
