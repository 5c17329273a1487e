import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import type { Call } from './call.ts';

/** Why a call is not taken that has more of something than any vendor takes; a small body has no room for so much. */
export function excessOf({ tools, messages }: Call): Fault | null {
  const { tools_max, media_max } = LIMITS;
  if (tools.length > tools_max)
    return fault(
      'invalid_request',
      `Invalid 'tools': expected at most ${tools_max} tools, but got ${tools.length} instead.`,
      { param: 'tools' },
    );
  let media = 0;
  for (const { parts } of messages) for (const part of parts) if ('source' in part) media++;
  return media > media_max
    ? fault('invalid_request', `Expected at most ${media_max} images, files and sounds, but got ${media} instead.`)
    : null;
}
