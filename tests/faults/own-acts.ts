/** What a host can do instead of answering: the pieces of which the faults of `own-faults.ts` are made. */
import type { JsonObject } from '#src/base/json.ts';
import type { Line } from './still-gateway.ts';
import { type Answer, frame, type Hit, WHOLE, WORDS } from './wall.ts';

/** One request at the host; `attempt` counts those of the same call from 0. */
export type Moment = Answer & { readonly hit: Hit; readonly attempt: number; readonly line: Line };
export type Act = (moment: Moment) => void | Promise<void>;

const JSON_TYPE = 'application/json';
const STREAM_TYPE = 'text/event-stream';
const USAGE = { prompt_tokens: 20, completion_tokens: 60, total_tokens: 80 };
const DONE = 'data: [DONE]\n\n';

export const sends =
  (status: number, type: string, body: string | Uint8Array, headers: { readonly [name: string]: string } = {}): Act =>
  ({ response }) =>
    void response.writeHead(status, { 'content-type': type, ...headers }).end(body);

export const refuses = (status: number, error: JsonObject, headers: { readonly [name: string]: string } = {}): Act =>
  sends(status, JSON_TYPE, JSON.stringify({ error }), headers);

/** Text of the sixty words' frames `from`–`to`. */
export const framesOf = ({ hit: { model } }: Moment, from: number, to: number): string =>
  WORDS.slice(from, to)
    .map((content) => frame(model, { content }))
    .join('');

const tail = (usage: JsonObject | null): string =>
  usage === null ? '' : `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [], usage })}\n\n`;

/** The end of a streamed answer: finish, usage and last frame. */
export const endOf = (
  { hit: { model } }: Moment,
  { usage = USAGE as JsonObject | null, done = DONE, finish = 'stop' as string | null } = {},
): string => (finish === null ? '' : frame(model, {}, finish)) + tail(usage) + done;

export const replyOf = ({ hit: { model } }: Moment, usage: JsonObject | null = USAGE, content = WHOLE): string =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    ...(usage && { usage }),
  });

export const streams = ({ response }: Moment, text: string): number => {
  if (!response.headersSent) response.writeHead(200, { 'content-type': STREAM_TYPE });
  response.write(text);
  return Buffer.byteLength(text);
};

export const answersInFull: Act = (moment) => {
  const { isStreamed, response } = moment;
  if (!isStreamed) return sends(200, JSON_TYPE, replyOf(moment))(moment);
  streams(moment, framesOf(moment, 0, 60) + endOf(moment));
  response.end();
};

export const once =
  (first: Act): Act =>
  (moment) =>
    moment.attempt === 0 ? first(moment) : answersInFull(moment);

/** Streamed: forty words have gone out; whole: half of the body. Then this happens. */
export const halfway =
  (then: (moment: Moment, said: number) => void | Promise<void>): Act =>
  async (moment) => {
    const said = moment.isStreamed ? streams(moment, framesOf(moment, 0, 40)) : halfOf(moment);
    await moment.line.pause(said, 0);
    await then(moment, said);
  };

function halfOf(moment: Moment): number {
  const body = replyOf(moment);
  const half = body.slice(0, body.length / 2);
  moment.response.writeHead(200, { 'content-type': JSON_TYPE });
  moment.response.write(half);
  return half.length;
}

/** Forty words, this text between them, and the rest; a whole answer is not touched. */
export const among = (text: string | ((moment: Moment) => string)): Act =>
  streamed((moment) => {
    const between = typeof text === 'string' ? text : text(moment);
    streams(moment, framesOf(moment, 0, 40) + between + framesOf(moment, 40, 60) + endOf(moment));
    moment.response.end();
  });

/** Only a streamed answer suffers this. */
export const streamed =
  (act: Act): Act =>
  (moment) =>
    moment.isStreamed ? act(moment) : answersInFull(moment);
