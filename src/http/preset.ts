import { type Fault, fault } from '../base/fault.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Call } from '../call/call.ts';
import type { Caller } from '../facts/caller.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { StoreError, troubleFault } from '../ledger/trouble.ts';
import { type Named, presetIn, withPreset } from '../presets/apply.ts';
import type { Ready } from '../presets/presets.ts';

/** Completes a call by the preset that it names and goes on with it, at once where the preset is known here. */
export function completeByPreset(
  { presets, log }: Pick<Gateway, 'presets' | 'log'>,
  { workspaceId }: Caller,
  call: Call,
  goOn: (completed: Result<Call, Fault>) => void,
): void {
  const named = presetIn(call);
  if (named === null) return goOn(ok(call));
  const ready = presets.known(workspaceId, named.slug);
  if (ready !== undefined) return goOn(completed(call, named, ready));
  presets
    .look(workspaceId, named.slug)
    .then(
      (found) => (found === undefined ? failed(BUSY) : completed(call, named, found)),
      (cause: unknown) => {
        if (cause instanceof StoreError) return failed(troubleFault(cause.trouble));
        log('a preset could not be read', cause);
        return failed(fault('server', 'Internal Server Error'));
      },
    )
    .then(goOn);
}

const BUSY: Fault = fault('overloaded', 'Too many presets are being looked for. Please try again.');

function completed(call: Call, named: Named, ready: Ready | null): Result<Call, Fault> {
  const slug = named.slug.slice(0, 100);
  const param = { param: named.model === call.model ? 'preset' : 'model' };
  if (ready === null) return failed(fault('not_found', `There is no preset '${slug}' in this workspace`, param));
  const { preset, version, defaults } = ready;
  if (preset.status !== 'active')
    return failed(fault('invalid_request', `The preset '${slug}' is ${preset.status}`, param));
  if (!defaults.ok) {
    const why = `The preset '${slug}' cannot be used any more: ${defaults.error.message}`;
    return failed(fault('invalid_request', why, param));
  }
  const { call: said, cache } = defaults.value;
  const used = { id: preset.id, versionId: version.id, ...(cache && { cacheSeconds: cache.seconds }) };
  return ok(withPreset(call, said, named, used));
}
