import type { Fault } from '../../base/fault.ts';
import type { TranscriptionCall } from '../../call/transcription.ts';
import { promptTokens, type Usage } from '../../call/usage.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { priceAtInstant } from '../../catalog/price.ts';
import type { Target } from '../../facts/target.ts';
import { billFor } from '../../metering/cost.ts';
import { remembered } from '../../metering/exposure.ts';
import { NO_PIECES } from '../../metering/meters.ts';
import { chargeOf } from '../charge.ts';
import type { Gateway } from '../gateway.ts';
import type { Operation } from '../operation.ts';
import { OPERATIONS } from '../operations.ts';
import { perform } from '../perform.ts';
import type { CallRequest } from '../receipt.ts';
import { noErrand, onlyAt } from './operation.ts';

/**
 * Who writes down what a session hears, beside its model: the provider's own endpoint of the model that the program
 * names by the provider's name for it. Null = none is known, and so no price.
 */
export function transcriberAt(catalog: Catalog, { endpoint, payer }: Target, name: string): Target | null {
  for (const found of catalog.endpoints.values()) {
    if (found.provider.slug !== endpoint.provider.slug || found.operation !== 'transcription') continue;
    const model = found.upstreamId === name ? catalog.models.get(found.modelId) : undefined;
    if (model) return { model, endpoint: found, ...(payer && { payer }) };
  }
  return null;
}

/** Of a call that its host made by itself, as a part of the session. */
export const transcriptCall = ({ model }: Target): TranscriptionCall => ({
  model: model.id,
  models: [],
  gateway: {},
  task: 'transcribe',
  audio: { source: { kind: 'bytes', bytes: [] }, format: '' },
  format: 'json',
  details: [],
  stream: false,
});

/**
 * Books what was written down: it has been made already, so it is held for and settled at once. `done` hears why it could
 * not be paid, or null.
 */
export function bookTranscript(
  gateway: Gateway,
  request: CallRequest<'transcription'>,
  { target, usage }: { readonly target: Target; readonly usage: Usage },
  done: (value: Fault | null) => void,
): void {
  const tokens = promptTokens(usage);
  const { inputSeconds } = usage;
  const exposures = remembered(() => ({
    promptTokens: tokens,
    promptTokensSum: tokens,
    answers: 1,
    outputTokens: usage.output,
    summaries: 0,
    pieces: { ...NO_PIECES, inputSeconds },
  }));
  const operation: Operation<'transcription'> = {
    ...OPERATIONS.transcription,
    isStreamed: () => true,
    sizeOf: () => ({ promptTokens: tokens, longestPromptTokens: 0, pieces: { read: { inputSeconds }, written: {} } }),
    exposedOf: () => ({ exposures, call: null, times: 1 }),
    outputOf: () => ({ tokens: usage.output, answers: 1 }),
    suit: (decided) => onlyAt(decided, target),
    begin: (context) => ({
      errand: noErrand(),
      delivery: {
        ...NOTHING_SHOWN,
        ended: () => ({
          state: 'completed',
          target,
          usage,
          bill: chargeOf(target, billFor(usage, priceAtInstant(target.endpoint.price, context.request.receivedAt))),
          serviceTier: null,
          finish: null,
          fault: null,
          firstContentAt: null,
          endedAt: gateway.world.elapsed(),
        }),
      },
    }),
    carry: (_context, { listener, hold }) => {
      hold.dispatched(target.endpoint.id);
      gateway.world.after(0, () => listener.done({ kind: 'streamed', target, attempts: [], losses: [] }));
      return { pause: () => {}, resume: () => {}, cancel: () => {} };
    },
  };
  perform(gateway, operation, request, {
    events: () => {},
    settled: () => {},
    done: (result) => done(result.kind === 'failed' ? result.fault : null),
  });
}

const NOTHING_SHOWN = {
  events: () => {},
  cut: () => {},
  stored: () => {},
  pause: () => {},
  resume: () => {},
  abandon: () => {},
  interrupt: () => {},
  last: () => {},
  breakOff: () => false,
};
