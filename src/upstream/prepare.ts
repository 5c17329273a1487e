import type { Blob } from '../base/blobs.ts';
import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import type { MemoryAllowance } from '../base/memory.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Cancel, WireRequest, World } from '../base/world.ts';
import { writtenInSlices } from '../base/written-json.ts';
import type { Loss } from '../call/loss.ts';
import type { OperationId } from '../call/operation.ts';
import type { Fetched } from '../facts/asset.ts';
import type { Candidate } from '../facts/plan.ts';
import * as faults from './attempt-faults.ts';
import { sign } from './auth/sign.ts';
import type { Credential, CredentialState } from './credentials.ts';
import { fetchAssets } from './egress.ts';
import type { Indispensable, Translation } from './errand.ts';
import { secretsOf } from './redact.ts';
import { type Draft, draftRequest, requestOf } from './write-request.ts';

/** A call that is ready to be sent to one endpoint. */
export type Prepared = {
  readonly request: WireRequest;
  readonly losses: readonly Loss[];
  /** What must not come back in an error; worked out only where one does. */
  readonly secrets: () => readonly string[];
};

export type Preparation = {
  readonly world: World;
  /** The key that the request goes with. */
  readonly key: CredentialState;
  readonly translation: Pick<Translation<OperationId>, 'accept' | 'assets' | 'encode' | 'quirks'>;
  /** The parameters whose loss refuses the endpoint; null where a loss is only reported. */
  readonly indispensable: Indispensable | null;
  /** What earlier attempts of the same call have fetched; added to. */
  readonly assets: Map<string, Fetched>;
  /** What those of them that are large stand for, behind the call's own; added to. */
  readonly blobs: Blob[];
  /** Of a large call reading, writing and signing are done in turns. */
  readonly isLarge: boolean;
  /** The memory that they take. */
  readonly allowance: () => MemoryAllowance;
  /** Handed what gives up a download that `prepare` has begun, and null when it is over. */
  readonly downloading: (cancel: Cancel | null) => void;
};

type Done = (prepared: Result<Prepared, Fault>) => void;

/** Credential, assets, body, signature. Calls `done` once: at once, unless the call is large or something must be fetched first. */
export function prepare(preparation: Preparation, candidate: Candidate, done: Done): void {
  const { world, translation, assets } = preparation;
  const { endpoint } = candidate;
  const state = preparation.key;
  if (!state.ready) {
    const missing = `${endpoint.provider.name} needs ${state.missing.join(', ')} to be set.`;
    done(failed(fault('upstream_authentication', missing)));
    return;
  }
  const wanted = translation.assets().filter((asset) => !assets.has(asset.url));
  if (wanted.length === 0) {
    if (preparation.isLarge) writeInTurns(preparation, candidate, state.credential, done);
    else write(preparation, candidate, state.credential, done);
    return;
  }
  const fetching = fetchAssets(world, wanted, { allowance: preparation.allowance(), blobs: preparation.blobs });
  preparation.downloading(fetching.cancel);
  fetching.result
    .then((fetched) => {
      preparation.downloading(null);
      if (!fetched.ok) {
        done(fetched);
        return;
      }
      for (const [url, data] of fetched.value) assets.set(url, data);
      writeInTurns(preparation, candidate, state.credential, done);
    })
    .catch((cause) => done(failed(faults.bug(cause))));
}

function write(preparation: Preparation, candidate: Candidate, credential: Credential, done: Done): void {
  const draft = draftFor(preparation, candidate);
  if (!draft.ok) done(draft);
  else finish(preparation, { candidate, credential, draft: draft.value }, JSON.stringify(draft.value.body), done);
}

/** Of a large call each of these is long enough for a turn: the body as a value, each slice of its text, and what is sent. */
function writeInTurns(preparation: Preparation, candidate: Candidate, credential: Credential, done: Done): void {
  const later = (task: () => void): void => {
    const turn = (): void => {
      preparation.downloading(null);
      try {
        task();
      } catch (cause) {
        done(failed(faults.bug(cause)));
      }
    };
    preparation.downloading(preparation.world.after(0, turn));
  };
  later(() => {
    const draft = draftFor(preparation, candidate);
    if (!draft.ok) return done(draft);
    const slices = writtenInSlices(draft.value.body, LIMITS.at_once_bytes_max);
    let text = '';
    const writeOn = (): void => {
      const slice = slices.next();
      if (slice.done) return finish(preparation, { candidate, credential, draft: draft.value }, text, done);
      text += slice.value;
      later(writeOn);
    };
    later(writeOn);
  });
}

function draftFor({ translation, indispensable, assets }: Preparation, candidate: Candidate): Result<Draft, Fault> {
  const draft = draftRequest(translation, candidate, assets);
  if (!draft.ok || !indispensable) return draft;
  const refused = draft.value.losses.filter((loss) => isKept(loss, indispensable));
  return refused.length > 0 ? failed(cannotKeep(candidate, refused)) : draft;
}

type Written = { readonly candidate: Candidate; readonly credential: Credential; readonly draft: Draft };

function finish(
  { world, translation, blobs }: Preparation,
  { candidate, credential, draft }: Written,
  text: string,
  done: Done,
): void {
  const { losses } = draft;
  const request = requestOf(draft, text, { translation, target: candidate, credential, blobs });
  const signed = sign(world, request, candidate.endpoint.provider, credential);
  const proceed = (result: Awaited<typeof signed>): void =>
    done(result.ok ? ok({ request: result.value, losses, secrets: () => secretsOf(request, result.value) }) : result);
  if (signed instanceof Promise) signed.then(proceed).catch((cause) => done(failed(faults.bug(cause))));
  else proceed(signed);
}

/** A parameter is named by itself or by one of its entries: `stop`, `tools[2]`. */
const isKept = ({ field }: Loss, indispensable: Indispensable): boolean =>
  indispensable === 'everything' || indispensable.includes(field.replace(/\[\d+\]$/, ''));

function cannotKeep({ endpoint }: Candidate, losses: readonly Loss[]): Fault {
  const fields = losses.map(({ field, reason }) => `${field} (${reason})`).join(', ');
  return fault(
    'upstream_not_implemented',
    `${endpoint.provider.name} cannot take everything that was sent: ${fields}.`,
  );
}
