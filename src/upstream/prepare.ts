import { type Fault, fault } from '../base/fault.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Cancel, WireRequest, World } from '../base/world.ts';
import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';
import { parametersOf } from '../call/parameters.ts';
import type { DialectId } from '../catalog/provider.ts';
import type { UpstreamDialect } from '../dialects/dialect.ts';
import type { Candidate } from '../facts/plan.ts';
import * as faults from './attempt-faults.ts';
import { sign } from './auth/sign.ts';
import type { Credential, Credentials } from './credentials.ts';
import { type AssetData, fetchAssets } from './egress.ts';
import { secretsOf } from './redact.ts';
import { type Written, writeRequest } from './write-request.ts';

/** A call that is ready to be sent to one endpoint. */
export type Prepared = {
  readonly dialect: UpstreamDialect;
  readonly request: WireRequest;
  readonly losses: readonly Loss[];
  readonly secrets: readonly string[];
};

export type Preparation = {
  readonly world: World;
  readonly dialects: (id: DialectId) => UpstreamDialect;
  readonly credentials: Credentials;
  readonly call: Call;
  /** Losing a parameter that was sent refuses the endpoint. */
  readonly strict: boolean;
  /** What earlier attempts of the same call have fetched; added to. */
  readonly assets: Map<string, AssetData>;
  /** Handed what gives up a download that `prepare` has begun, and null when it is over. */
  readonly downloading: (cancel: Cancel | null) => void;
};

/** Credential, assets, body, signature. Calls `done` once: at once, unless something must be fetched first. */
export function prepare(
  preparation: Preparation,
  candidate: Candidate,
  done: (prepared: Result<Prepared, Fault>) => void,
): void {
  const { world, call, assets } = preparation;
  const { endpoint } = candidate;
  const dialect = preparation.dialects(endpoint.dialect.id);
  const state = preparation.credentials.of(endpoint.provider);
  if (!state.ready) {
    const missing = `${endpoint.provider.name} needs ${state.missing.join(', ')} to be set.`;
    done(failed(fault('upstream_authentication', missing)));
    return;
  }
  const wanted = dialect.assets(call, candidate).filter((asset) => !assets.has(asset.url));
  if (wanted.length === 0) {
    write(preparation, candidate, dialect, state.credential, done);
    return;
  }
  const fetching = fetchAssets(world, wanted);
  preparation.downloading(fetching.cancel);
  fetching.result
    .then((fetched) => {
      preparation.downloading(null);
      if (!fetched.ok) {
        done(fetched);
        return;
      }
      for (const [url, data] of fetched.value) assets.set(url, data);
      write(preparation, candidate, dialect, state.credential, done);
    })
    .catch((cause) => done(failed(faults.bug(cause))));
}

function write(
  { world, call, strict, assets }: Preparation,
  candidate: Candidate,
  dialect: UpstreamDialect,
  credential: Credential,
  done: (prepared: Result<Prepared, Fault>) => void,
): void {
  const written = writeRequest(call, candidate, dialect, credential, assets);
  if (!written.ok) {
    done(written);
    return;
  }
  if (strict && losesParameters(call, written.value)) {
    done(failed(cannotKeep(candidate, written.value)));
    return;
  }
  const { request, losses } = written.value;
  const signed = sign(world, request, candidate.endpoint.provider, credential);
  const proceed = (result: Awaited<typeof signed>): void =>
    done(
      result.ok ? ok({ dialect, request: result.value, losses, secrets: secretsOf(request, result.value) }) : result,
    );
  if (signed instanceof Promise) signed.then(proceed).catch((cause) => done(failed(faults.bug(cause))));
  else proceed(signed);
}

function losesParameters(call: Call, { losses }: Written): boolean {
  const sent: readonly string[] = parametersOf(call);
  return losses.some((loss) => sent.includes(loss.field));
}

function cannotKeep({ endpoint }: Candidate, { losses }: Written): Fault {
  const fields = losses.map((loss) => loss.field).join(', ');
  return fault(
    'upstream_not_implemented',
    `${endpoint.provider.name} cannot take everything that was sent: ${fields}.`,
  );
}
