import { faultRow } from '../../src/base/fault.ts';
import { sampleAnswer, sampleCall } from '../../src/dialects/samples.ts';
import type { Cell } from './cell.ts';
import type { Client } from './client.ts';
import { errorTranscript } from './transcripts.ts';
import type { Upstream } from './upstream.ts';

/** Is a call that the vendor refuses, here for too many requests, told to the program as just that? */
export function refusedCell(client: Client, upstream: Upstream): Cell {
  const refusal = errorTranscript(upstream.dialect.id);
  const fault = upstream.dialect.decodeFault({ ...refusal, provider: 'Sample', now: 0 });
  const answer = sampleAnswer(sampleCall({ stream: false }));
  const { status, body } = client.dialect.encodeFault(fault, { id: 'gen-1', answer });
  const { error } = client.tell(JSON.parse(JSON.stringify(body)));
  const told = { class: faultRow(fault).class, status, kind: error?.kind, message: error?.message };
  const isRight = told.class === 'rate_limit' && status === 429 && told.kind === 'rate_limit';
  return isRight && told.message?.includes('Too many requests.')
    ? { state: 'kept' }
    : { state: 'wrong', reason: JSON.stringify(told) };
}
