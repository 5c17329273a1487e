import { type Fault, fault } from '../base/fault.ts';
import type { TranscriptionCall } from '../call/transcription.ts';
import type { Target } from '../facts/target.ts';

/** Few hosts translate what they hear. */
export const noTranslation = ({ task }: TranscriptionCall, { endpoint }: Target): Fault | null =>
  task === 'translate'
    ? fault('upstream_not_implemented', `${endpoint.provider.name} does not translate recordings.`, { param: 'model' })
    : null;
