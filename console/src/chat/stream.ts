export type Turn = { readonly role: 'user' | 'assistant'; readonly content: string };
export type Answer = {
  readonly content: string;
  readonly reasoning: string;
  /** The receipt's id. */
  readonly id: string | null;
  readonly cost: number | null;
  readonly tokens: number | null;
  readonly error: string | null;
};
export const NO_ANSWER: Answer = { content: '', reasoning: '', id: null, cost: null, tokens: null, error: null };

type Chunk = {
  readonly id?: string;
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null; readonly reasoning?: string | null };
  }[];
  readonly usage?: { readonly cost?: number; readonly completion_tokens?: number };
  readonly error?: { readonly message?: string };
};

/** Asks the gateway like every other client, signed in by the session's cookie; `hear` gets the answer so far after every read. */
export async function ask(
  model: string,
  messages: readonly Turn[],
  signal: AbortSignal,
  hear: (answer: Answer) => void,
): Promise<void> {
  let answer = NO_ANSWER;
  const say = (more: Partial<Answer>): void => {
    answer = { ...answer, ...more };
    hear(answer);
  };
  try {
    const response = await fetch('/api/v1/chat/completions', {
      method: 'POST',
      referrerPolicy: 'no-referrer', // or the gateway's own address would be an app on its board
      signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages, stream: true }),
    });
    if (!response.ok || !response.body) {
      const body = (await response.json().catch(() => ({}))) as Chunk;
      return say({ error: body.error?.message ?? `The gateway answered ${response.status}.` });
    }
    let text = '';
    for await (const piece of pieces(response.body)) {
      const lines = (text + piece).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines)
        if (line.startsWith('data: {')) answer = taken(answer, JSON.parse(line.slice(6)) as Chunk);
      hear(answer);
    }
  } catch (cause) {
    if (!signal.aborted) say({ error: cause instanceof Error ? cause.message : 'The answer broke off.' });
  }
}

function taken(answer: Answer, chunk: Chunk): Answer {
  const delta = chunk.choices?.[0]?.delta;
  return {
    content: answer.content + (delta?.content ?? ''),
    reasoning: answer.reasoning + (delta?.reasoning ?? ''),
    id: chunk.id ?? answer.id,
    cost: chunk.usage?.cost ?? answer.cost,
    tokens: chunk.usage?.completion_tokens ?? answer.tokens,
    error: chunk.error?.message ?? answer.error,
  };
}

async function* pieces(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}
