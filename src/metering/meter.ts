import type { Event } from '../call/event.ts';
import type { FinishReason } from '../call/finish.ts';
import type { Reply } from '../call/reply.ts';
import { type Usage, usageOf } from '../call/usage.ts';
import { tokensOf } from './estimate.ts';

/** Counts what passes: our own count of the output, the vendor's usage when it comes, and how the answer ended. */
export type Meter = {
  readonly pass: (event: Event) => void;
  /** The vendor's count, or ours while there is none. */
  readonly usage: () => Usage;
  /** Our own count. */
  readonly estimate: () => Usage;
  readonly finish: () => { readonly reason: FinishReason; readonly native: string | null } | null;
  /** The tier that served, as far as the vendor has told. */
  readonly serviceTier: () => string | undefined;
  /** Our own count of the output so far, reasoning included. */
  readonly outputTokens: () => number;
  /** Images written so far. */
  readonly images: () => number;
  /** Has anything been sent that a vendor would charge as output? */
  readonly hasOutput: () => boolean;
};

export function createMeter(promptEstimate: number): Meter {
  let reported: Usage | null = null;
  let serviceTier: string | undefined;
  let outputBytes = 0;
  let reasoningBytes = 0;
  let images = 0;
  let finish: { reason: FinishReason; native: string | null } | null = null;

  const pass = (event: Event): void => {
    switch (event.type) {
      case 'text':
      case 'refusal':
      case 'tool-arguments':
        outputBytes += Buffer.byteLength(event.text);
        return;
      case 'tool-start':
        outputBytes += event.name.length + 4;
        return;
      case 'reasoning':
        if (event.kind !== 'encrypted') reasoningBytes += Buffer.byteLength(event.text);
        return;
      case 'image':
        images += 1;
        return;
      case 'usage':
        reported = event.usage;
        serviceTier = event.serviceTier ?? serviceTier;
        return;
      case 'start':
        serviceTier = event.serviceTier ?? serviceTier;
        return;
      case 'finish':
        if (event.choice === 0 || !finish) finish = { reason: event.reason, native: event.native };
        return;
      default:
    }
  };

  const estimate = (): Usage =>
    usageOf({
      input: promptEstimate,
      output: Math.ceil(outputBytes / 4),
      outputReasoning: Math.ceil(reasoningBytes / 4),
      source: 'estimate',
    });
  return {
    pass,
    usage: () => reported ?? estimate(),
    estimate,
    finish: () => finish,
    serviceTier: () => serviceTier,
    outputTokens: () => (outputBytes + reasoningBytes) / 4,
    images: () => images,
    hasOutput: () => outputBytes + reasoningBytes + images > 0,
  };
}

/** Our own count of a whole answer. */
export function estimateReply(reply: Reply, promptEstimate: number): Usage {
  let output = 0;
  let outputReasoning = 0;
  for (const choice of reply.choices)
    for (const part of choice.parts) {
      if (part.type === 'text' || part.type === 'refusal') output += tokensOf(part.text);
      else if (part.type === 'tool-call') output += tokensOf(part.name) + tokensOf(part.arguments);
      else if (part.type === 'reasoning' && part.kind !== 'encrypted') outputReasoning += tokensOf(part.text);
    }
  return usageOf({ input: promptEstimate, output, outputReasoning, source: 'estimate' });
}
