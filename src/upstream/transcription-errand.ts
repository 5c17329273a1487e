import { type Fault, fault } from '../base/fault.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { type Transcript, type TranscriptionCall, wantsSegments, wantsWords } from '../call/transcription.ts';
import type { Dialects } from '../dialects/dialect.ts';
import type { Errand } from './errand.ts';
import { type PortionOf, wholeErrand } from './whole-errand.ts';

/** A recording to be written down: one exchange with any endpoint. */
export const transcriptionErrand = (
  { dialects }: { readonly dialects: Dialects },
  call: TranscriptionCall,
): Errand<'transcription'> =>
  wholeErrand(
    {
      dialectAt: ({ endpoint }) => dialects.of('transcription', endpoint.dialect.id),
      parameters: ({ language, prompt, temperature, native }) => [
        ...(language === undefined ? [] : ['language']),
        ...(prompt === undefined ? [] : ['prompt']),
        ...(temperature === undefined ? [] : ['temperature']),
        ...Object.keys(native?.fields ?? {}),
      ],
      entries: { name: 'recordings', param: 'file', countOf: () => 1, slice: (whole) => whole, check: complete },
      join: ([only]) => only,
    },
    call,
  );

/** A transcript without the times that were asked for is not what the caller pays for. */
function complete(reply: Transcript, { call, target }: PortionOf<'transcription'>): Result<Transcript, Fault> {
  const { name } = target.endpoint.provider;
  const needsSegments = wantsSegments(call) && (call.format !== 'verbose_json' || call.details.length > 0);
  const missing = needsSegments && !reply.segments ? 'segments' : wantsWords(call) && !reply.words ? 'words' : null;
  const lacks = reply.text === '' ? null : missing;
  if (lacks === null) return ok(reply);
  return failed(
    fault('upstream_not_implemented', `${name} tells no times of ${lacks} with this model.`, {
      param: call.format === 'verbose_json' ? 'timestamp_granularities' : 'response_format',
    }),
  );
}
