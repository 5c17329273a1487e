import type { AudioFormat } from '../call/audio.ts';
import type { Effort } from '../call/call.ts';
import type { OperationId } from '../call/operation.ts';
import type { Parameter } from '../call/parameters.ts';
import { OWN_OUTPUTS, type OwnOutput } from './operations.ts';
import type { Price } from './price.ts';
import type { DialectSettings, Provider, TakingRule } from './provider.ts';
import type { RouterId } from './routers.ts';

/** What models take, and what chats put out. */
const MEDIA = ['text', 'image', 'file', 'audio', 'video'] as const;
/** A kind of content that models take or produce. */
export type Modality = (typeof MEDIA)[number] | OwnOutput;
export const MODALITIES: readonly Modality[] = [...MEDIA, ...OWN_OUTPUTS.map(([output]) => output)];

/** What a model is made for, in OpenRouter's words (spec §1.8). */
export const CATEGORIES = [
  'programming',
  'roleplay',
  'marketing',
  'marketing/seo',
  'technology',
  'science',
  'translation',
  'legal',
  'finance',
  'health',
  'trivia',
  'academia',
] as const;
/** A use that models are listed under. */
export type Category = (typeof CATEGORIES)[number];

/** A published score of a model. */
export type Benchmark = {
  readonly name: string;
  readonly score: number;
  readonly unit: string;
  readonly source: string;
};

/** How a model's reasoning can be steered. */
export type ReasoningSupport = {
  readonly efforts: readonly Effort[];
  readonly budget: boolean;
  readonly mandatory: boolean;
  readonly defaultEnabled: boolean;
};

/** Tiers of one host with a price and an endpoint of their own, by the last part of its tag: `openai/priority`. */
export const TIERS = ['priority', 'flex', 'batch', 'scale'] as const;
/** A service tier that endpoints may stand for. */
export type Tier = (typeof TIERS)[number];

/** A model, whoever serves it, with the endpoints that do. */
export type Model = {
  /** `author/slug`, catalogue variant included (`:free`): the file's path. */
  readonly id: string;
  readonly author: string;
  /** The author as written out: `OpenAI`. Absent = the slug is all we know. */
  readonly authorName?: string;
  readonly slug: string;
  readonly name: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** How far it reaches: no endpoint has a longer one. */
  readonly context: number;
  readonly maxOutput: number | null;
  readonly input: readonly Modality[];
  readonly output: readonly Modality[];
  readonly description: string;
  readonly knowledge: string | null;
  readonly tokenizer: string;
  readonly openWeights: boolean;
  readonly huggingFaceId: string | null;
  readonly family: string | null;
  readonly reasoning: ReasoningSupport | null;
  readonly benchmarks: readonly Benchmark[];
  /** Only what its maker says it is made for: no traffic is looked at. */
  readonly categories: readonly Category[];
  /** The day from which the vendor no longer serves it. */
  readonly expires: string | null;
  readonly distillable: boolean;
  readonly sandbox: boolean;
  /** Of a model that speaks: the voices that its maker names; callers who name none get the first. */
  readonly voices?: readonly string[];
  /** It has no endpoint and chooses a model that has; absent = it answers itself. */
  readonly router?: RouterId;
  /** Made for one kind of work that no prompt tells: no router model chooses it. */
  readonly unrouted?: true;
  readonly endpoints: readonly Endpoint[];
};

/** The name as lists show it: `OpenAI: GPT-4.1 Mini`. */
export const displayName = (model: Model): string => `${model.authorName ?? model.author}: ${model.name}`;

/** What an endpoint's id tells by itself: it may have left the catalogue since. */
export function partsOfEndpoint(id: string): { readonly model: string; readonly provider: string } {
  const at = id.lastIndexOf('@');
  return { model: id.slice(0, at), provider: id.slice(at + 1).split('/', 1)[0] ?? '' };
}

/** A model served by a provider: the thing routed to. */
export type Endpoint = {
  /** `author/slug@tag`, unique in the catalogue. */
  readonly id: string;
  /** The provider, or provider/variant: `deepinfra/fp8`. */
  readonly tag: string;
  readonly modelId: string;
  readonly provider: Provider;
  readonly upstreamId: string;
  readonly dialect: DialectSettings;
  readonly context: number;
  readonly maxOutput: number | null;
  readonly input: readonly Modality[];
  readonly output: readonly Modality[];
  readonly parameters: ReadonlySet<Parameter>;
  readonly quantization: string;
  readonly price: Price;
  /** The service tier it stands for; null = the host's ordinary one. */
  readonly tier: Tier | null;
  /** What the host asks for each tier that the catalogue prices, `default` among them: it may serve another than was asked for. */
  readonly tierPrices: ReadonlyMap<string, Price>;
  /** What the model's family calls its reasoning, for budgets and replay; null = does not reason. */
  readonly reasoning: ReasoningSupport | null;
  /** Takes system messages within the conversation, where its dialect has none by itself. */
  readonly systemTurns?: true;
  /** Of speech: the formats that the host writes, where they are fewer than its dialect has words for. */
  readonly audioFormats?: readonly AudioFormat[];
  /** What it is asked for in its dialect. */
  readonly operation: OperationId;
  /** The same endpoint as it is asked for the other operations that it serves, each in a dialect of that one. */
  readonly others: readonly Endpoint[];
  /** The same endpoint in the provider's other dialects, for the calls that go in one of those. */
  readonly forms: readonly EndpointForm[];
};

/** The same endpoint in another wire format, and the calls that go there. */
export type EndpointForm = { readonly rule: TakingRule; readonly endpoint: Endpoint };
