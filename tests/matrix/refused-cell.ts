import assert from 'node:assert/strict';
import { type Fault, faultRow } from '../../src/base/fault.ts';
import { parseJson } from '../../src/base/json.ts';
import type { Event } from '../../src/call/event.ts';
import { sampleAnswer, sampleCall } from '../../src/dialects/samples.ts';
import type { Cell } from './cell.ts';
import type { Client } from './client.ts';
import { hearReply, hearStream } from './hear.ts';
import type { Told } from './told.ts';
import { errorTranscript, ofDialect, type Refusal } from './transcripts.ts';
import type { Upstream } from './upstream.ts';

/** What a refusal of each kind is to the caller. Credentials and credit upstream are the operator's affair: never 401 to 403. */
const STATUSES: { readonly [kind in Refusal]: number } = {
  authentication: 502,
  permission: 502,
  model_not_found: 404,
  invalid_request: 400,
  context_length_exceeded: 400,
  content_policy: 400,
  rate_limit: 429,
  insufficient_quota: 502,
  overloaded: 503,
  server_error: 502,
};

/** Is a call that the vendor refuses told to the program as just that, with the vendor's own words? */
export function refusedCell(client: Client, upstream: Upstream, kind: Refusal, stream: boolean): Cell {
  const refusal = errorTranscript(upstream.dialect.id, kind);
  if (!refusal) return { state: 'none', reason: 'the vendor documents no such refusal' };
  const fault = upstream.dialect.decodeFault({ ...refusal, provider: 'Sample', now: 0 });
  return held(() => {
    assert.equal(faultRow(fault).class, kind);
    assert.equal(fault.upstream?.provider, 'Sample');
    assert.ok(fault.upstream.raw?.includes(refusal.says), 'the body is kept as it came');
    const { status, told } = stream ? toldInStream(client, fault) : toldAtOnce(client, fault);
    assert.equal(status, STATUSES[kind]);
    assert.equal(told.error?.kind, kind);
    assert.ok(told.error.message.includes(refusal.says), `the vendor's words, not ${told.error.message}`);
  });
}

/** A status of 200 does not make an error an answer, whole or as the only frame of a stream. */
export function errorUnder200Cell(client: Client, upstream: Upstream, stream: boolean): Cell {
  const error = errorTranscript(ofDialect(upstream.dialect.id), 'server_error');
  assert(error);
  const body = parseJson(error.body) ?? null;
  const isBinary = upstream.dialect.framing === 'aws-event-stream';
  const frames = [isBinary ? (['internalServerException', body, 'exception'] as const) : ([null, body] as const)];
  return held(() => {
    const call = sampleCall({ stream });
    const told = stream
      ? hearStream(client, upstream, call, { frames })
      : client.tell(hearReply(client, upstream, call, { reply: body, frames }));
    assert.ok(told.error?.message.includes(error.says), `the vendor's words, not ${JSON.stringify(told.error)}`);
  });
}

function held(check: () => void): Cell {
  try {
    check();
    return { state: 'kept' };
  } catch (cause) {
    if (!(cause instanceof assert.AssertionError)) throw cause;
    return { state: 'wrong', reason: cause.message };
  }
}

export type Heard = {
  readonly status: number;
  readonly told: Told;
  readonly text: string;
  readonly retryAfter: string | undefined;
};

export function toldAtOnce(client: Client, fault: Fault): Heard {
  const { status, body, headers } = client.dialect.encodeFault(fault, { id: 'gen-1' });
  const text = JSON.stringify(body);
  return { status, told: client.tell(JSON.parse(text)), text, retryAfter: headers['retry-after'] };
}

/** After half an answer: the line is open, so the status is that of the fault in the frame, where the dialect has one. */
export function toldInStream(client: Client, fault: Fault): Heard {
  const events: readonly Event[] = [
    { type: 'start' },
    { type: 'text', choice: 0, text: 'Half an' },
    { type: 'fault', fault },
  ];
  const text = events.map(client.dialect.encodeEvents(sampleAnswer())).join('');
  const told = client.tell(client.fold(text));
  const wholly = ['stop', 'length', 'tool_calls'];
  assert.ok(!told.choices.some(({ finish }) => wholly.includes(finish)), 'the answer does not seem whole');
  return { status: faultRow(fault).status, told, text, retryAfter: undefined };
}
