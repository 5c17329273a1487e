/**
 * Forty faults of hosts, what a caller gets and what it costs: held true by `own.test.ts`, told by docs/faults.md. They
 * are what hosts were seen to do: statuses and bodies of vendors, of proxies before them, of machines that die.
 */
import type { FaultCode } from '#src/base/fault.ts';
import {
  type Act,
  among,
  endOf,
  framesOf,
  halfway,
  once,
  refuses,
  replyOf,
  sends,
  streamed,
  streams,
} from './own-acts.ts';
import { frame } from './wall.ts';

/** `answer`: the host's own; `other`: the next model's; `joined`: both, as one answer; else the error that is told. */
export type Seen = 'answer' | 'other' | 'joined' | FaultCode;
/** What is seen, how many requests leave the gateway, and how long the caller waited for nothing, in milliseconds. */
export type End = readonly [seen: Seen, requests: number, lostMs: number];
export type Ends = { readonly streamed: End; readonly whole: End };

export type OwnFault = {
  /** What the host does. */
  readonly name: string;
  readonly act: Act;
  /** The only endpoint there is. */
  readonly alone: Ends;
  /** Before another model, and with a cut answer to be continued. */
  readonly behind: Ends;
};

const inBand = (code: number): string => `data: ${JSON.stringify({ error: { message: 'The host broke.', code } })}\n\n`;

/** The same, streamed and whole. */
const both = (...end: End): Ends => ({ streamed: end, whole: end });

export const OWN_FAULTS: readonly OwnFault[] = [
  {
    name: '429 with Retry-After: 1, once',
    act: once(refuses(429, { message: 'Slow down.' }, { 'retry-after': '1' })),
    alone: both('answer', 2, 1_025),
    behind: both('answer', 2, 1_025),
  },
  {
    name: '429 with Retry-After: 60, always',
    act: refuses(429, { message: 'Slow down.' }, { 'retry-after': '60' }),
    alone: both('upstream_rate_limit', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '429 without Retry-After, always',
    act: refuses(429, { message: 'Slow down.' }),
    alone: both('upstream_rate_limit', 2, 750),
    behind: both('other', 2, 0),
  },
  {
    name: '429 because the account is used up',
    act: refuses(429, { message: 'You exceeded your current quota.', code: 'insufficient_quota' }),
    alone: both('upstream_quota', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '402, no credit',
    act: refuses(402, { message: 'Insufficient balance.' }),
    alone: both('upstream_quota', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '401, the key is refused',
    act: refuses(401, { message: 'Incorrect API key provided.', code: 'invalid_api_key' }),
    alone: both('upstream_authentication', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '403, not permitted',
    act: refuses(403, { message: 'Your project may not use this model.' }),
    alone: both('upstream_permission', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '404, no such model',
    act: refuses(404, { message: 'The model does not exist.', code: 'model_not_found' }),
    alone: both('upstream_model_not_found', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '400, a field is refused',
    act: refuses(400, { message: 'seed is not supported here.', type: 'invalid_request_error' }),
    alone: both('upstream_invalid_request', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '400, the prompt is too long',
    act: refuses(400, { message: 'Too long.', code: 'context_length_exceeded' }),
    alone: both('context_length_exceeded', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '400, a content policy',
    act: refuses(400, { message: 'This breaks our policy.', code: 'content_policy_violation' }),
    alone: both('content_policy_violation', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '413 from a proxy, as HTML',
    act: sends(413, 'text/html', '<html>413 Request Entity Too Large</html>'),
    alone: both('upstream_too_large', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '422, not to be processed',
    act: refuses(422, { message: 'Unprocessable.' }),
    alone: both('upstream_unprocessable', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '500, once',
    act: once(refuses(500, { message: 'Oops.' })),
    alone: both('answer', 2, 100),
    behind: both('answer', 2, 100),
  },
  {
    name: '500, always',
    act: refuses(500, { message: 'Oops.' }),
    alone: both('upstream_server_error', 2, 100),
    behind: both('other', 3, 100),
  },
  {
    name: '502 from a proxy, as HTML',
    act: sends(502, 'text/html', '<html>502 Bad Gateway</html>'),
    alone: both('upstream_server_error', 2, 100),
    behind: both('other', 3, 100),
  },
  {
    name: '503, always',
    act: refuses(503, { message: 'Overloaded.' }),
    alone: both('upstream_overloaded', 2, 100),
    behind: both('other', 3, 100),
  },
  {
    name: '529, overloaded',
    act: refuses(529, { message: 'Overloaded.', type: 'overloaded_error' }),
    alone: both('upstream_overloaded', 2, 100),
    behind: both('other', 3, 100),
  },
  {
    name: '504 from a proxy',
    act: sends(504, 'text/plain', 'upstream request timeout'),
    alone: both('upstream_timeout', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: 'a redirect',
    act: sends(302, 'text/plain', '', { location: '/elsewhere' }),
    alone: both('upstream_malformed', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '204, an empty answer',
    act: ({ response }) => void response.writeHead(204).end(),
    alone: both('upstream_malformed', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '200 with a page of HTML',
    act: sends(200, 'text/html', '<html>Welcome</html>'),
    alone: both('upstream_malformed', 1, 0),
    behind: both('other', 2, 0),
  },
  {
    name: '200 with an error for a body',
    act: refuses(200, { message: 'Overloaded.', code: 503 }),
    alone: both('upstream_overloaded', 2, 100),
    behind: both('other', 3, 100),
  },
  {
    name: 'an error as the first frame of a stream',
    act: streamed(sends(200, 'text/event-stream', 'data: {"error":{"message":"Overloaded.","code":503}}\n\n')),
    alone: { streamed: ['upstream_overloaded', 2, 100], whole: ['answer', 1, 0] },
    behind: { streamed: ['other', 3, 100], whole: ['answer', 1, 0] },
  },
  {
    name: 'resets the connection before a byte, once',
    act: once(({ socket }) => void socket.resetAndDestroy()),
    alone: both('answer', 2, 100),
    behind: both('answer', 2, 100),
  },
  {
    name: 'closes the connection before a byte, always',
    act: ({ socket }) => void socket.end(),
    alone: both('upstream_unreachable', 2, 100),
    behind: both('other', 3, 100),
  },
  {
    name: 'takes the request and says nothing',
    act: ({ line }) => line.silence(-1),
    alone: { streamed: ['upstream_timeout', 1, 90_001], whole: ['upstream_timeout', 1, 600_001] },
    behind: { streamed: ['other', 2, 12_001], whole: ['other', 2, 300_001] },
  },
  {
    name: 'a head, and nothing more',
    act: async ({ response, isStreamed, line }) => {
      response.writeHead(200, { 'content-type': isStreamed ? 'text/event-stream' : 'application/json' }).flushHeaders();
      await line.silence(0);
    },
    alone: { streamed: ['upstream_timeout', 1, 90_001], whole: ['upstream_timeout', 1, 600_001] },
    behind: { streamed: ['other', 2, 12_001], whole: ['other', 2, 300_001] },
  },
  {
    name: 'half an answer, and the connection is closed',
    act: halfway(({ socket }) => void socket.end()),
    alone: both('upstream_truncated', 1, 0),
    behind: { streamed: ['joined', 2, 0], whole: ['other', 2, 0] },
  },
  {
    name: 'half an answer, and the connection is reset',
    act: halfway(({ socket }) => void socket.resetAndDestroy()),
    alone: both('upstream_truncated', 1, 0),
    behind: { streamed: ['joined', 2, 0], whole: ['other', 2, 0] },
  },
  {
    name: 'half an answer, ended as if it were whole',
    act: halfway(({ response }) => void response.end()),
    alone: { streamed: ['upstream_truncated', 1, 0], whole: ['upstream_malformed', 1, 0] },
    behind: { streamed: ['joined', 2, 0], whole: ['other', 2, 0] },
  },
  {
    name: 'half an answer, and silence',
    act: halfway(({ line }, said) => line.silence(said)),
    alone: { streamed: ['upstream_timeout', 1, 30_001], whole: ['upstream_timeout', 1, 600_001] },
    behind: { streamed: ['joined', 2, 30_001], whole: ['other', 2, 300_001] },
  },
  {
    name: 'half an answer, and what is no chunk',
    act: halfway(({ socket }) => void socket.end('zz\r\nno size of a chunk\r\n')),
    alone: both('upstream_malformed', 1, 0),
    behind: { streamed: ['joined', 2, 0], whole: ['other', 2, 0] },
  },
  {
    name: 'half an answer, then an error of overload',
    act: streamed(halfway(({ response }) => void response.end(inBand(503)))),
    alone: { streamed: ['upstream_overloaded', 1, 0], whole: ['answer', 1, 0] },
    behind: { streamed: ['joined', 2, 0], whole: ['answer', 1, 0] },
  },
  {
    name: 'half an answer, then an error of its own',
    act: streamed(halfway(({ response }) => void response.end(inBand(500)))),
    alone: { streamed: ['upstream_server_error', 1, 0], whole: ['answer', 1, 0] },
    behind: { streamed: ['joined', 2, 0], whole: ['answer', 1, 0] },
  },
  {
    name: 'half an answer, then a finish that is an error',
    act: streamed(
      halfway((moment) => {
        streams(moment, endOf(moment, { usage: null, finish: 'malformed_function_call' }));
        moment.response.end();
      }),
    ),
    alone: { streamed: ['upstream_server_error', 1, 0], whole: ['answer', 1, 0] },
    behind: { streamed: ['joined', 2, 0], whole: ['answer', 1, 0] },
  },
  {
    name: 'a frame that is no JSON among the others',
    act: among('data: {"choices":[{"delta":{"con\n\n'),
    alone: both('answer', 1, 0),
    behind: both('answer', 1, 0),
  },
  {
    name: 'the last frame is missing',
    act: streamed((moment) => {
      streams(moment, framesOf(moment, 0, 60) + endOf(moment, { done: '' }));
      moment.response.end();
    }),
    alone: both('answer', 1, 0),
    behind: both('answer', 1, 0),
  },
  {
    name: 'a pause of 25 s in the midst',
    act: halfway(async (moment, said) => {
      await moment.line.pause(said, 25_000);
      const body = replyOf(moment);
      moment.response.end(moment.isStreamed ? framesOf(moment, 40, 60) + endOf(moment) : body.slice(body.length / 2));
    }),
    alone: both('answer', 1, 25_000),
    behind: both('answer', 1, 25_000),
  },
  {
    name: 'half an answer, and a tool call that is cut off',
    act: streamed(
      halfway((moment) => {
        const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"pla' } };
        streams(moment, frame(moment.hit.model, { tool_calls: [call] }));
        setImmediate(() => moment.socket.end());
      }),
    ),
    alone: { streamed: ['upstream_truncated', 1, 0], whole: ['answer', 1, 0] },
    behind: { streamed: ['upstream_truncated', 1, 0], whole: ['answer', 1, 0] },
  },
];
