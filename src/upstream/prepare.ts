import type { Blob } from '../base/blobs.ts';
import { type Fault, fault } from '../base/fault.ts';
import type { Allowance } from '../base/memory.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Cancel, WireRequest, World } from '../base/world.ts';
import type { Loss } from '../call/loss.ts';
import type { OperationId } from '../call/operation.ts';
import type { Fetched } from '../facts/asset.ts';
import type { Candidate } from '../facts/plan.ts';
import * as faults from './attempt-faults.ts';
import { sign } from './auth/sign.ts';
import type { Credential, Credentials } from './credentials.ts';
import { fetchAssets } from './egress.ts';
import type { Indispensable, Translation } from './errand.ts';
import { secretsOf } from './redact.ts';
import { writeRequest } from './write-request.ts';

/** A call that is ready to be sent to one endpoint. */
export type Prepared = {
  readonly request: WireRequest;
  readonly losses: readonly Loss[];
  /** What must not come back in an error; worked out only where one does. */
  readonly secrets: () => readonly string[];
};

export type Preparation = {
  readonly world: World;
  readonly credentials: Credentials;
  readonly translation: Pick<Translation<OperationId>, 'accept' | 'assets' | 'encode'>;
  /** The parameters whose loss refuses the endpoint; null where a loss is only reported. */
  readonly indispensable: Indispensable | null;
  /** What earlier attempts of the same call have fetched; added to. */
  readonly assets: Map<string, Fetched>;
  /** What those of them that are large stand for, behind the call's own; added to. */
  readonly blobs: Blob[];
  /** Of a large call reading, writing and signing are done in turns. */
  readonly isLarge: boolean;
  /** The memory that they take. */
  readonly allowance: () => Allowance;
  /** Handed what gives up a download that `prepare` has begun, and null when it is over. */
  readonly downloading: (cancel: Cancel | null) => void;
};

/** Credential, assets, body, signature. Calls `done` once: at once, unless something must be fetched first. */
export function prepare(
  preparation: Preparation,
  candidate: Candidate,
  done: (prepared: Result<Prepared, Fault>) => void,
): void {
  const { world, translation, assets } = preparation;
  const { endpoint } = candidate;
  const state = preparation.credentials.of(endpoint.provider);
  if (!state.ready) {
    const missing = `${endpoint.provider.name} needs ${state.missing.join(', ')} to be set.`;
    done(failed(fault('upstream_authentication', missing)));
    return;
  }
  const wanted = translation.assets().filter((asset) => !assets.has(asset.url));
  if (wanted.length === 0) {
    if (!preparation.isLarge) return write(preparation, candidate, state.credential, done);
    // What came before was long enough for one turn: others come first.
    const next = (): void => {
      preparation.downloading(null);
      write(preparation, candidate, state.credential, done);
    };
    return preparation.downloading(world.after(0, next));
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
      write(preparation, candidate, state.credential, done);
    })
    .catch((cause) => done(failed(faults.bug(cause))));
}

function write(
  { world, translation, indispensable, assets, blobs }: Preparation,
  candidate: Candidate,
  credential: Credential,
  done: (prepared: Result<Prepared, Fault>) => void,
): void {
  const written = writeRequest(translation, candidate, credential, { assets, blobs });
  if (!written.ok) {
    done(written);
    return;
  }
  const refused = indispensable ? written.value.losses.filter((loss) => isKept(loss, indispensable)) : [];
  if (refused.length > 0) {
    done(failed(cannotKeep(candidate, refused)));
    return;
  }
  const { request, losses } = written.value;
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
