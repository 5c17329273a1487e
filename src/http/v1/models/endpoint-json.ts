import type { OperationId } from '../../../call/operation.ts';
import { PARAMETERS, type Parameter } from '../../../call/parameters.ts';
import { displayName, type Endpoint, type Model } from '../../../catalog/model.ts';
import { DIALECTS } from '../../../dialects/registry.ts';
import { nativeSearchOf } from '../../../dialects/web-search.ts';
import type { EndpointHealth, HealthWindows, Percentiles } from '../../../facts/health.ts';
import { type ArchitectureJson, architectureJson } from './model-json.ts';
import { type PriceJson, priceJson } from './price-json.ts';

/** One host of a model (spec §1.8). Latency in milliseconds, throughput in tokens per second, uptime in percent. */
export type EndpointJson = {
  readonly name: string;
  readonly model_id: string;
  readonly model_name: string;
  readonly context_length: number;
  readonly pricing: PriceJson;
  readonly provider_name: string;
  readonly tag: string;
  readonly quantization: string;
  readonly max_completion_tokens: number | null;
  readonly max_prompt_tokens: number | null;
  readonly supported_parameters: readonly Parameter[];
  readonly supports_tool_choice: ToolChoiceJson;
  readonly supports_implicit_caching: boolean;
  readonly supports_voice_cloning: false;
  readonly supports_diarization: false;
  readonly native_tools: { readonly [tool: string]: { readonly type: string } };
  readonly service_tier: string | null;
  readonly status: EndpointStatus;
  readonly uptime_last_5m: number | null;
  readonly uptime_last_30m: number | null;
  readonly uptime_last_1d: number | null;
  readonly latency_last_30m: Percentiles | null;
  readonly throughput_last_30m: Percentiles | null;
  /** By the kind of call served; for callers with a key. */
  readonly perf_last_30m_by_workload?: { readonly [workload: string]: WorkloadJson };
};
type WorkloadJson = {
  readonly latency: Percentiles | null;
  readonly throughput: Percentiles | null;
  readonly request_count: number | null;
};
type ToolChoiceJson = { readonly [choice in 'auto' | 'none' | 'required' | 'function']: boolean };

/** `health` is this instance's own measure; without it the figures are null. */
export function endpointJson(
  endpoint: Endpoint,
  modelName: string,
  health?: EndpointHealth,
  windows?: HealthWindows | null,
): EndpointJson {
  const tools = endpoint.parameters.has('tools');
  return {
    name: `${endpoint.provider.name} | ${endpoint.modelId}`,
    model_id: endpoint.modelId,
    model_name: modelName,
    context_length: endpoint.context,
    pricing: priceJson(endpoint.price),
    provider_name: endpoint.provider.name,
    tag: endpoint.tag,
    quantization: endpoint.quantization,
    max_completion_tokens: endpoint.maxOutput,
    max_prompt_tokens: null,
    supported_parameters: PARAMETERS.filter((name) => endpoint.parameters.has(name)),
    supports_tool_choice: { auto: tools, none: tools, required: tools, function: tools },
    // Caching that needs no marks: everyone who prices cache reads, but for those who price writes too.
    supports_implicit_caching:
      endpoint.price.inputCacheRead !== undefined && endpoint.price.inputCacheWrite === undefined,
    supports_voice_cloning: false,
    supports_diarization: false,
    native_tools: nativeTools(endpoint),
    service_tier: endpoint.tier,
    status: statusOf(health),
    uptime_last_5m: percent(health?.successLast5m),
    uptime_last_30m: percent(health?.success),
    uptime_last_1d: percent(health?.successLast1d),
    latency_last_30m: health?.latencyMs ?? null,
    throughput_last_30m: health?.throughput ?? null,
    ...(windows && { perf_last_30m_by_workload: { [WORKLOADS[endpoint.operation]]: workloadJson(windows) } }),
  };
}

const WORKLOADS: { readonly [O in OperationId]: string } = {
  chat: 'text_generation',
  embeddings: 'embeddings',
  speech: 'tts',
  rerank: 'rerank',
  decisions: 'decisions',
  moderations: 'unknown',
  images: 'image_generation',
  videos: 'video_generation',
  transcription: 'stt',
  realtime: 'unknown',
};

const workloadJson = ({ last30m: { latencyMs, throughput, requests } }: HealthWindows): WorkloadJson => ({
  latency: latencyMs,
  throughput,
  request_count: requests,
});

/** 99.5 of a hundred; never rounded up to 100. */
const percent = (share: number | null | undefined): number | null =>
  share == null ? null : Math.floor(share * 10_000) / 100;

/** The contract's words for how well an endpoint is: 0 is healthy, each further one worse. */
type EndpointStatus = 0 | -1 | -2 | -3 | -5;

/**
 * What the uptime says, by its newest figure: from 95 % healthy, then degraded, as routing and the pages count it. An
 * endpoint that routing passes over now is not healthy, whatever the share.
 */
function statusOf(health: EndpointHealth | undefined): EndpointStatus {
  const share = health?.successLast5m ?? health?.success ?? null;
  const told = share === null || share >= 0.95 ? 0 : share >= 0.8 ? -1 : share >= 0.5 ? -2 : share > 0 ? -3 : -5;
  return told === 0 && health?.stable === false ? -1 : told;
}

/** The tools of the gateway's that the host runs itself, by their names there. */
function nativeTools(endpoint: Endpoint): EndpointJson['native_tools'] {
  const type =
    endpoint.operation === 'chat'
      ? nativeSearchOf(endpoint, DIALECTS.of('chat', endpoint.dialect.id).traits)
      : undefined;
  return type === undefined ? {} : { 'openrouter:web_search': { type } };
}

/** What `GET /models/{author}/{slug}/endpoints` gives as `data`. */
export type EndpointsJson = {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  readonly description: string;
  readonly architecture: ArchitectureJson;
  readonly endpoints: readonly EndpointJson[];
};

export function endpointsJson(
  model: Model,
  healthOf: (endpointId: string) => EndpointHealth | undefined,
  windowsOf: (endpointId: string) => HealthWindows | null = () => null,
): EndpointsJson {
  return {
    id: model.id,
    name: displayName(model),
    created: model.created,
    description: model.description,
    architecture: architectureJson(model),
    endpoints: model.endpoints.map((endpoint) =>
      endpointJson(endpoint, displayName(model), healthOf(endpoint.id), windowsOf(endpoint.id)),
    ),
  };
}
