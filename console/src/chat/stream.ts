import type { Answer } from './conversation.ts';

type Chunk = {
  readonly id?: string;
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: string | null;
      readonly reasoning?: string | null;
      readonly images?: readonly { readonly image_url?: { readonly url?: string } }[];
    };
  }[];
  readonly usage?: { readonly cost?: number; readonly completion_tokens?: number };
  readonly error?: { readonly message?: string };
};

/** Asks the gateway like every other client, signed in by the session's cookie; `hear` gets the answer so far after every read. */
export async function ask(
  body: { readonly [name: string]: unknown },
  first: Answer,
  signal: AbortSignal,
  hear: (answer: Answer) => void,
): Promise<void> {
  let answer = first;
  const began = performance.now();
  const say = (more: Partial<Answer>): void => {
    answer = { ...answer, ...more };
    hear(answer);
  };
  const since = (): number => Math.round(performance.now() - began);
  try {
    const response = await fetch('/api/v1/chat/completions', {
      method: 'POST',
      referrerPolicy: 'no-referrer', // or the gateway's own address would be an app on its board
      signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    answer = { ...answer, receipt: response.headers.get('x-generation-id') ?? answer.receipt };
    if (!response.ok || !response.body) {
      const refusal = (await response.json().catch(() => ({}))) as Chunk;
      const error = refusal.error?.message ?? `The gateway answered ${response.status}.`;
      return say({ error, state: 'failed', totalMs: since() });
    }
    let text = '';
    for await (const piece of pieces(response.body)) {
      const lines = (text + piece).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines)
        if (line.startsWith('data: {')) answer = taken(answer, JSON.parse(line.slice(6)) as Chunk);
      if (answer.firstMs === null && (answer.content || answer.reasoning)) answer = { ...answer, firstMs: since() };
      hear(answer);
    }
    say({ state: answer.error === null ? 'done' : 'failed', totalMs: since() });
  } catch (cause) {
    if (signal.aborted) return say({ state: 'stopped', totalMs: since() });
    const error = cause instanceof Error ? cause.message : 'The answer broke off.';
    say({ error, state: 'failed', totalMs: since() });
  }
}

function taken(answer: Answer, chunk: Chunk): Answer {
  const delta = chunk.choices?.[0]?.delta;
  const images = (delta?.images ?? []).flatMap(({ image_url }) =>
    isPicture(image_url?.url) ? [image_url?.url ?? ''] : [],
  );
  return {
    ...answer,
    content: answer.content + (delta?.content ?? ''),
    reasoning: answer.reasoning + (delta?.reasoning ?? ''),
    images: images.length > 0 ? [...answer.images, ...images] : answer.images,
    receipt: chunk.id ?? answer.receipt,
    cost: chunk.usage?.cost ?? answer.cost,
    tokens: chunk.usage?.completion_tokens ?? answer.tokens,
    error: chunk.error?.message ?? answer.error,
  };
}

/** Only what came with the answer is shown: nothing is loaded from elsewhere. */
const isPicture = (url: string | undefined): boolean =>
  url !== undefined && /^data:image\/(?:png|jpeg|webp|gif);base64,/.test(url);

async function* pieces(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}
