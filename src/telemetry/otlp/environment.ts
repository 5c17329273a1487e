import { PRODUCT } from '../../base/product.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Resource } from './export.ts';

/** Where traces go, as the variables say that every OpenTelemetry program reads. */
export type OtlpTarget = {
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly isCompressed: boolean;
  readonly resource: Resource;
  /** The share of calls that are sent, 0–1. */
  readonly share: number;
  /** What the operator should know. */
  readonly warnings: readonly string[];
};

type Variables = { readonly [name: string]: string | undefined };

/** The variables that are read, for the reference of the configuration (opentelemetry.io/docs/specs/otel/protocol/exporter, read 2026-11-29). */
export const OTLP_VARIABLES = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
  'OTEL_EXPORTER_OTLP_COMPRESSION',
  'OTEL_SERVICE_NAME',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_TRACES_SAMPLER',
  'OTEL_TRACES_SAMPLER_ARG',
] as const;

/** Null = no traces are sent. An error names its variable. */
export function otlpTarget(variables: Variables): Result<OtlpTarget | null, string> {
  const url = endpointOf(variables);
  const isOff = variables.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || variables.OTEL_TRACES_EXPORTER === 'none';
  if (url === null || isOff) return ok(null);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return failed(`The endpoint of OpenTelemetry's traces is no http or https URL: ${url.slice(0, 200)}`);
  const compression = forTraces(variables, 'COMPRESSION');
  const attributes = pairsOf(variables.OTEL_RESOURCE_ATTRIBUTES);
  const share = shareOf(variables);
  if (share === null) return failed('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1.');
  return ok({
    url,
    headers: pairsOf(forTraces(variables, 'HEADERS')),
    isCompressed: compression === 'gzip',
    resource: { service: variables.OTEL_SERVICE_NAME || attributes['service.name'] || PRODUCT.slug, attributes },
    share,
    warnings: /^grpc$/.test(forTraces(variables, 'PROTOCOL') ?? '')
      ? [
          'OTEL_EXPORTER_OTLP_PROTOCOL is grpc: traces are sent as http/json all the same, so the endpoint must be an HTTP one (port 4318).',
        ]
      : [],
  });
}

const forTraces = (variables: Variables, name: string): string | undefined =>
  variables[`OTEL_EXPORTER_OTLP_TRACES_${name}`] || variables[`OTEL_EXPORTER_OTLP_${name}`];

/** The traces' own endpoint is taken as it is; to the one for everything the path of traces is added. */
function endpointOf(variables: Variables): string | null {
  const own = variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  if (own) return own;
  const common = variables.OTEL_EXPORTER_OTLP_ENDPOINT;
  return common ? `${common.replace(/\/+$/, '')}/v1/traces` : null;
}

/** `name=value,name=value`, values percent-encoded (W3C Baggage). */
function pairsOf(text: string | undefined): { [name: string]: string } {
  const pairs: { [name: string]: string } = {};
  for (const pair of (text ?? '').split(',')) {
    const at = pair.indexOf('=');
    if (at > 0) pairs[pair.slice(0, at).trim()] = decoded(pair.slice(at + 1).trim());
  }
  return pairs;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Samplers with a ratio; every other one sends all, but `always_off`. */
function shareOf({ OTEL_TRACES_SAMPLER: sampler = '', OTEL_TRACES_SAMPLER_ARG: argument }: Variables): number | null {
  if (sampler.endsWith('always_off')) return 0;
  if (!sampler.endsWith('traceidratio') || !argument) return 1;
  const share = Number(argument);
  return share >= 0 && share <= 1 ? share : null;
}
