import { PARAMETERS, type Parameter } from '../../call/parameters.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Modality, Model } from '../../catalog/model.ts';
import { OWN_OUTPUTS, type OwnOutput } from '../../catalog/operations.ts';

export { displayName } from '../../catalog/model.ts';

export const authorName = (model: Model): string => model.authorName ?? model.author;

export const pagePath = (modelId: string): string =>
  `/${modelId
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll('%3A', ':'))
    .join('/')}`;

export const comparePath = (models: readonly Model[]): string =>
  `/compare${models.map((model) => pagePath(model.id)).join('')}`;

const MODALITY_WORDS: { readonly [M in Modality]: string } = {
  text: 'text',
  image: 'images',
  file: 'files',
  audio: 'audio',
  video: 'video',
  ...(Object.fromEntries(OWN_OUTPUTS) as { readonly [O in OwnOutput]: string }),
};
const MODALITIES = Object.keys(MODALITY_WORDS) as readonly Modality[];
/** Always in the same order, whatever the catalogue's. */
export const modalityWords = (modalities: readonly Modality[]): string =>
  MODALITIES.filter((modality) => modalities.includes(modality))
    .map((modality) => MODALITY_WORDS[modality])
    .join(', ');

/** What a feature is called in a sentence; the other parameters are dials, not features. */
const FEATURES: readonly (readonly [Parameter, string])[] = [
  ['tools', 'tool calling'],
  ['parallel_tool_calls', 'parallel tool calls'],
  ['structured_outputs', 'structured outputs'],
  ['response_format', 'JSON mode'],
  ['reasoning', 'reasoning'],
  ['logprobs', 'log probabilities'],
  ['prediction', 'predicted outputs'],
  ['seed', 'seed'],
  ['web_search_options', 'web search'],
];

/** Everything that at least one endpoint can do. */
export function parametersOf(model: Model): ReadonlySet<Parameter> {
  if (model.router) return new Set(PARAMETERS);
  const all = new Set<Parameter>();
  for (const endpoint of model.endpoints) for (const parameter of endpoint.parameters) all.add(parameter);
  return all;
}

export function featureWords(model: Model): string[] {
  const supported = parametersOf(model);
  const words = FEATURES.filter(([parameter]) => supported.has(parameter)).map(([, word]) => word);
  if (model.endpoints.some((endpoint) => endpoint.price.inputCacheRead !== undefined)) words.push('prompt caching');
  return words;
}

/** The first sentences of a description, for lists and meta tags. */
export function summary(text: string, length = 200): string {
  const flat = text.replace(/\s+/g, ' ').trim();
  if (flat.length <= length) return flat;
  const cut = flat.slice(0, length);
  const end = cut.lastIndexOf('. ');
  return end > length / 2 ? cut.slice(0, end + 1) : `${cut.slice(0, cut.lastIndexOf(' '))} …`;
}

/** The model of a first try: it answers without a provider key. Elsewhere the newest. */
export const firstModel = (catalog: Catalog): Model | undefined =>
  catalog.models.get('sandbox/echo') ?? catalog.models.values().next().value;

/** The models that answer in earnest: the sandbox's are counted and listed apart. */
export const realModels = (catalog: Catalog): readonly Model[] =>
  [...catalog.models.values()].filter((model) => !model.sandbox);

/** Where a figure comes from, in short: its site. */
export const sourceName = (source: string): string =>
  URL.canParse(source) ? new URL(source).hostname.replace(/^www\./, '') : source;

/** `IFEval`, and `diff` of `Aider polyglot (diff)`: scores of one benchmark stand together, however each was run. */
export function benchmarkOf(name: string): { readonly benchmark: string; readonly how: string } {
  const [, benchmark = name, how = ''] = /^(.+?) \(([^()]*)\)$/.exec(name) ?? [];
  return { benchmark, how };
}
