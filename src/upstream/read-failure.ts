import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import type { WireHeaders } from '../base/world.ts';
import type { UpstreamFailure } from '../dialects/dialect.ts';
import type { Target } from '../facts/target.ts';
import type { AnySink } from './read-body.ts';

/** Reads as much of an error's body as is worth reading; `end` may be called early, when no more will come. */
export type FailureReader = { readonly push: (bytes: Uint8Array) => 'more' | 'full'; readonly end: () => void };

/** Reads a non-2xx answer and lets the dialect say what it means. */
export function readFailure(
  { target, decodeFault }: { readonly target: Target; readonly decodeFault: (failure: UpstreamFailure) => Fault },
  status: number,
  headers: WireHeaders,
  now: number,
  sink: Pick<AnySink, 'failed'>,
): FailureReader {
  const parts: Uint8Array[] = [];
  let size = 0;
  const provider = target.endpoint.provider;
  const read = (): Fault => {
    if (status < 400 || status > 599) return unexpected(provider.name, status);
    const body = Buffer.concat(parts).toString('utf8', 0, LIMITS.error_body_bytes_max);
    const { upstream, ...rest } = decodeFault({ status, headers, body, provider: provider.name, now });
    return { ...rest, upstream: { provider: provider.name, status, ...upstream } };
  };
  return {
    push: (bytes) => {
      parts.push(Buffer.from(bytes));
      size += bytes.length;
      return size < LIMITS.error_body_bytes_max ? 'more' : 'full';
    },
    end: () => sink.failed(read()),
  };
}

/** A redirect above all: it is not followed, because the credential would go with it. */
const unexpected = (name: string, status: number): Fault =>
  fault('upstream_malformed', `${name} answered with the status ${status}, which a completed call never has.`, {
    upstream: { provider: name, status },
  });
