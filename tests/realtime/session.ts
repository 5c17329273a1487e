/** A realtime session as a program without any library has it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { API_KEY } from '../gateway-process.ts';

export type Message = {
  readonly type: string;
  readonly code?: number;
  readonly generation_id?: string;
  readonly error?: {
    readonly type: string;
    readonly code: string;
    readonly message: string;
    readonly param: string | null;
    readonly event_id: string | null;
  };
  readonly session?: {
    readonly id: string;
    readonly model: string;
    readonly instructions: string;
    readonly audio: { input: { turn_detection: { create_response: boolean } } };
  };
  readonly response?: {
    readonly id: string;
    readonly status: string;
    readonly conversation_id: string | null;
    readonly metadata: object | null;
    readonly usage: { readonly input_tokens: number; readonly output_tokens: number } | null;
    readonly output: { name?: string; content: { transcript?: string; text?: string }[] }[];
  };
};

type Options = { readonly model?: string; readonly key?: string; readonly protocols?: readonly string[] };

export async function opened(base: string, { model, key, protocols = [] }: Options) {
  const query = model === undefined ? '' : `?model=${encodeURIComponent(model)}`;
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const socket = new WebSocket(`${base.replace('http', 'ws')}/realtime${query}`, [...protocols], { headers });
  const messages: Message[] = [];
  let heard = (): void => {};
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)));
    heard();
  });
  socket.on('close', (code) => {
    messages.push({ type: 'closed', code });
    heard();
  });
  await once(socket, 'open');
  /** The next message of this type; those before it are gone. */
  const next = async (type: string): Promise<Message> => {
    for (;;) {
      const at = messages.findIndex((one) => one.type === type);
      if (at !== -1) return messages.splice(0, at + 1).at(-1) as Message;
      assert.ok(
        !messages.some((one) => one.type === 'closed'),
        `closed while waiting for ${type}: ${JSON.stringify(messages)}`,
      );
      await new Promise<void>((done) => (heard = done));
    }
  };
  const ask = (event: object, type: string): Promise<Message> => {
    socket.send(JSON.stringify(event));
    return next(type);
  };
  const created = await next('session.created');
  return { socket, created, next, ask };
}

/** A second of a tone and most of one of silence, in pieces of a tenth, as base64. */
export function speech(): readonly string[] {
  const tenth = (volume: number): string => {
    const samples = Buffer.alloc(4_800);
    for (let at = 0; at < 2_400; at++) samples.writeInt16LE(Math.round(volume * Math.sin(at / 10)), 2 * at);
    return samples.toString('base64');
  };
  return [...new Array<string>(10).fill(tenth(6_000)), ...new Array<string>(7).fill(tenth(0))];
}

type Receipt = {
  readonly id: string;
  readonly model: string;
  readonly tokens_prompt: number;
  readonly tokens_completion: number;
  readonly total_cost: number;
  readonly cancelled: boolean;
  readonly session_id: string | null;
};

/** What is on record of an answer: it is told behind its receipt, so there is one. */
export async function receiptOf(base: string, id: string | undefined, key = API_KEY): Promise<Receipt> {
  const headers = { authorization: `Bearer ${key}` };
  const found = await fetch(`${base}/generation?id=${id}`, { headers });
  assert.equal(found.status, 200);
  return ((await found.json()) as { data: Receipt }).data;
}
