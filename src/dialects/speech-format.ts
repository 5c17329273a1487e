import { type Fault, fault } from '../base/fault.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { AUDIO_TYPES, type AudioFormat } from '../call/audio.ts';
import type { SpeechCall, SpeechStep } from '../call/speech.ts';
import type { Target } from '../facts/target.ts';
import type { StepDecoder } from './dialect.ts';
import { samplesOfWave, waveOfSamples } from './wave.ts';

/** The format that an endpoint is asked for, and what makes of it the one that the client asked for. */
export type FormatChoice = {
  readonly format: AudioFormat;
  readonly converted: (decoder: StepDecoder<'speech'>) => StepDecoder<'speech'>;
};

/**
 * An endpoint that does not write the client's format is asked for one that holds the same samples: `wav` and `pcm` differ
 * by a header. Anything else would have to be compressed here, so that another endpoint is asked.
 */
export function formatFor(
  { format }: SpeechCall,
  { endpoint }: Target,
  offered: readonly AudioFormat[],
): Result<FormatChoice, Fault> {
  const written = endpoint.audioFormats ?? offered;
  if (written.includes(format)) return ok({ format, converted: (decoder) => decoder });
  if (format === 'pcm' && written.includes('wav')) return ok({ format: 'wav', converted: through(samplesOfWave) });
  if (format === 'wav' && written.includes('pcm')) return ok({ format: 'pcm', converted: through(waveOfSamples) });
  return failed(
    fault(
      'upstream_not_implemented',
      `${endpoint.provider.name} does not write ${format} with this model: ask for ${written.join(' or ')}.`,
      { param: 'response_format' },
    ),
  );
}

type Converter = () => (step: SpeechStep) => SpeechStep[];

const through =
  (converter: Converter) =>
  (decoder: StepDecoder<'speech'>): StepDecoder<'speech'> => {
    const convert = converter();
    return { push: (bytes) => decoder.push(bytes).flatMap(convert), end: () => decoder.end().flatMap(convert) };
  };

/** What a vendor says about its bytes, if it is audio at all, else what the format is called. */
export const mediaTypeFor = (format: AudioFormat, told: string | undefined): string =>
  told !== undefined && /^audio\/[\w.+-]+(?:;[\w=;,. -]*)?$/i.test(told) ? told.toLowerCase() : AUDIO_TYPES[format];
