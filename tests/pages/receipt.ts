import { nano } from '../../src/base/money.ts';
import { usageOf } from '../../src/call/usage.ts';
import type { Receipt } from '../../src/facts/receipt.ts';

const DAY_MS = 86_400_000;
const NEWEST = Date.UTC(2026, 10, 22, 21, 12, 5);
export const HOSTILE_TITLE = `</a><script>alert('title')</script>`;

/** Thirty days of requests from two apps, two a day, in made-up but steady numbers. */
export function monthOfReceipts(accountId: string): Receipt[] {
  return Array.from({ length: 60 }, (_, at) => {
    const day = Math.floor(at / 2);
    const size = 40 + ((day * 37) % 60);
    const isMini = at % 2 === 0;
    const receipt = receiptOf(`gen-${at}`, accountId, 'Atlas');
    return {
      ...receipt,
      createdAt: NEWEST - day * DAY_MS - (isMini ? 0 : 60_000),
      usage: usageOf({ input: size * (isMini ? 21_000 : 6_000), output: size * (isMini ? 4_300 : 900) }),
      ...(day === 9 && isMini && { state: 'failed' as const }),
      ...(!isMini && {
        model: 'anthropic/claude-haiku-4.5',
        endpoint: 'anthropic/claude-haiku-4.5@azure',
        provider: 'azure',
        app: { origin: 'https://evil.example', title: HOSTILE_TITLE, categories: [] },
      }),
    };
  });
}

/** Azure was drawn, OpenAI stood behind it, a third host lacked its key. */
const PLANNED =
  '[1,"00000000",1204,0,[["azure",52,1081600,[0,0.9987,640,71.5]],["openai","p",1083200]],[["credentials",0,"openrouter"],["tier","a service tier nobody asked for","openai/priority"]]]';

/** A call that failed over once: the first endpoint was overloaded, the second answered. */
export function receiptOf(id: string, accountId: string, title: string): Receipt {
  const attempt = { provider: 'azure', model: 'openai/gpt-4.1-mini', upstreamId: null, losses: [] };
  return {
    id,
    createdAt: NEWEST,
    accountId,
    keyId: 'key',
    workspaceId: 'default',
    operation: 'chat',
    clientDialect: 'openai-chat',
    requestedModel: 'openai/gpt-4.1-mini',
    model: 'openai/gpt-4.1-mini',
    endpoint: 'openai/gpt-4.1-mini@openai',
    provider: 'openai',
    streamed: true,
    state: 'completed',
    finish: 'stop',
    nativeFinish: 'stop',
    serviceTier: null,
    usage: usageOf({ input: 1_204, inputCacheRead: 1_024, output: 312 }),
    bill: {
      cost: nano(1_083_200n),
      inputCost: nano(584_000n),
      outputCost: nano(499_200n),
      upstreamCost: null,
      isByok: false,
    },
    attempts: [
      {
        ...attempt,
        endpoint: 'openai/gpt-4.1-mini@azure',
        startedAt: NEWEST,
        status: 503,
        headersMs: 212,
        firstContentMs: null,
        totalMs: 214,
        outcome: 'failed',
        fault: { code: 'upstream_overloaded', message: 'The server is <b>busy</b>.' },
      },
      {
        ...attempt,
        provider: 'openai',
        endpoint: 'openai/gpt-4.1-mini@openai',
        startedAt: NEWEST + 214,
        status: 200,
        headersMs: 305,
        firstContentMs: 471,
        totalMs: 2_962,
        outcome: 'answered',
        fault: null,
      },
    ],
    losses: [{ field: 'top_k', reason: 'this dialect has no such parameter' }],
    fault: null,
    catalogVersion: '1.0123456789',
    seed: 7,
    grounds: PLANNED,
    firstContentMs: 685,
    totalMs: 3_176,
    app: { origin: 'https://atlas.example', title, categories: [] },
    userAgent: null,
    user: null,
    sessionId: null,
  };
}
