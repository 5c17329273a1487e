import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isObject, type JsonObject, parseJson } from '#src/base/json.ts';

/** One request as the wall saw it; `at` in milliseconds since its start. */
export type Hit = { readonly model: string; readonly at: number; readonly body: JsonObject };

export type Wall = {
  /** `http://127.0.0.1:PORT/v1` */
  readonly base: string;
  readonly hits: (model: string) => readonly Hit[];
  readonly close: () => void;
};

/** What one model of the wall does with its n-th request, counted from 0. */
export type Brick = (answer: Answer, hit: Hit, attempt: number) => void | Promise<void>;

/** How an answer can go, on its own socket. */
export type Answer = {
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly isStreamed: boolean;
};

/** A host of chat completions whose models each have a fault of their own. */
export async function startWall(bricks: { readonly [model: string]: Brick }): Promise<Wall> {
  const startedAt = Date.now();
  const hits = new Map<string, Hit[]>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (bytes: Buffer) => chunks.push(bytes));
    request.on('end', () => {
      const parsed = parseJson(Buffer.concat(chunks).toString());
      const body = isObject(parsed) ? parsed : {};
      const model = String(body.model);
      const hit = { model, at: Date.now() - startedAt, body };
      const known = hits.get(model) ?? [];
      hits.set(model, [...known, hit]);
      const answer = { response, socket: request.socket, isStreamed: body.stream === true };
      void bricks[model]?.(answer, hit, known.length);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    hits: (model) => hits.get(model) ?? [],
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const WORDS = Array.from({ length: 60 }, (_, index) => `word${index}${index === 59 ? '.' : ' '}`);
export const WHOLE = WORDS.join('');
const USAGE = { prompt_tokens: 20, completion_tokens: 60, total_tokens: 80 };

const head = (model: string) => ({ id: 'c', object: 'chat.completion.chunk', created: 1, model });
export const frame = (model: string, delta: JsonObject, finish: string | null = null): string =>
  `data: ${JSON.stringify({ ...head(model), choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

/** Two milliseconds for each, so that they come in many reads. */
export async function words({ response }: Answer, { model }: Hit, from: number, to: number): Promise<void> {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const word of WORDS.slice(from, to)) {
    response.write(frame(model, { content: word }));
    await new Promise((done) => setTimeout(done, 2));
  }
}

export function end({ response }: Answer, { model }: Hit, done = 'data: [DONE]\n\n'): void {
  response.write(frame(model, {}, 'stop'));
  response.end(`data: ${JSON.stringify({ ...head(model), choices: [], usage: USAGE })}\n\n${done}`);
}

export const healthy: Brick = async (answer, hit) => {
  if (answer.isStreamed) {
    await words(answer, hit, 0, 60);
    return end(answer, hit);
  }
  const message = { role: 'assistant', content: WHOLE };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  sends(answer, 200, { ...head(hit.model), object: 'chat.completion', choices, usage: USAGE });
};

export function sends({ response }: Answer, status: number, body: JsonObject, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
export const refuses = (answer: Answer, status: number, code: string, headers: object = {}): void =>
  sends(answer, status, { error: { message: `The wall says ${code}.`, code } }, headers);

/** Streamed: so many words, then this. Whole: this at once. */
export const after =
  (count: number, then: (answer: Answer, hit: Hit) => void): Brick =>
  async (answer, hit) => {
    if (answer.isStreamed) await words(answer, hit, 0, count);
    then(answer, hit);
  };

/** A catalogue with one model for each brick, at two providers: one of them goes on with a last message of the assistant's. */
export function catalogueOf(base: string, models: readonly string[], filled: readonly string[] = []) {
  const provider = (name: string, more = ''): string =>
    `name = "${name}"\nbase_url = "${base}"\nauth = { scheme = "none" }\n${more}`;
  const files: { [path: string]: string } = {
    'providers/wall.toml': provider('Wall'),
    'providers/filling.toml': provider('Filling', '[dialects.openai-chat]\nquirks = ["assistant-prefix"]\n'),
  };
  const add = (model: string, slug: string): void => {
    files[`models/wall/${model}.toml`] =
      `name = "${model}"\n[endpoints.${slug}]\nupstream_id = "${model}"\nprice = { input = "1", output = "2" }\n`;
  };
  for (const model of models) add(model, 'wall');
  for (const model of filled) add(model, 'filling');
  return files;
}
