import type { PicoUsd } from '../../../base/money.ts';
import type { Model } from '../../../catalog/model.ts';
import { isCallable, type Offers } from '../../../router/offer.ts';
import { indexOf, parametersOfModel } from './model-json.ts';
import type { ModelsQuery } from './query.ts';

const DAY_SECONDS = 86_400;
const EU = new Set('AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' '));

/** `now` in milliseconds since 1970. */
export type FilterContext = { readonly now: number; readonly offers: Offers };

/** The models that pass every filter of the query. */
export function filterModels(models: Iterable<Model>, query: ModelsQuery, { now, offers }: FilterContext): Model[] {
  const tests = [
    ...byKind(query),
    ...byWords(query),
    ...byNumbers(query, now),
    ...byOffer(query, offers),
    ...byHosts(query),
    ...byBenchmarks(query),
  ];
  return [...models].filter((model) => tests.every((test) => test(model)));
}

type Test = (model: Model) => boolean;

function byKind(query: ModelsQuery): Test[] {
  const sandbox = query.sandbox === 'true';
  const outputs = query.output_modalities ?? (sandbox ? ['all'] : ['text']);
  const inputs = query.input_modalities;
  const named =
    query.sandbox === undefined &&
    [query.q?.toLowerCase() ?? '', ...(query.providers ?? []), ...(query.model_authors ?? [])].some((word) =>
      word.includes('sandbox'),
    );
  return [
    (model) => (sandbox ? model.sandbox : !model.sandbox || named),
    ...(outputs.includes('all') ? [] : [(model: Model) => outputsOf(model).some((kind) => outputs.includes(kind))]),
    ...(inputs ? [(model: Model) => inputs.every((kind) => model.input.some((own) => own === kind))] : []),
  ];
}

/** Programs that list what writes text ask it by requests, which a model that is only spoken to does not take. */
const outputsOf = ({ output, endpoints }: Model): readonly string[] =>
  endpoints.length > 0 && endpoints.every(({ operation }) => operation === 'realtime')
    ? output.filter((kind) => kind !== 'text')
    : output;

function byWords({ q, category, supported_parameters, arch, model_authors, distillable }: ModelsQuery): Test[] {
  const tests: Test[] = [];
  const words = q?.toLowerCase().split(/\s+/).filter(Boolean) ?? [];
  if (words.length > 0)
    tests.push((model) => {
      const text = `${model.id} ${model.authorName ?? ''} ${model.name}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  if (category) tests.push((model) => model.categories.includes(category));
  if (supported_parameters)
    tests.push((model) => {
      const own: readonly string[] = parametersOfModel(model);
      return supported_parameters.every((name) => own.includes(name));
    });
  if (arch) {
    const wanted = arch.toLowerCase();
    tests.push((model) => [model.tokenizer, model.family ?? ''].some((name) => name.toLowerCase().includes(wanted)));
  }
  if (model_authors) tests.push((model) => model_authors.includes(model.author.toLowerCase()));
  if (distillable) tests.push((model) => model.distillable === (distillable === 'true'));
  return tests;
}

function byNumbers(query: ModelsQuery, now: number): Test[] {
  const { context, min_age_days, max_age_days } = query;
  const age = (model: Model): number => (now / 1000 - model.created) / DAY_SECONDS;
  return [
    ...(context === undefined ? [] : [(model: Model) => model.context >= context]),
    ...between(min_age_days, max_age_days, age),
  ];
}

/** By what a call from here pays, and whether one is possible. */
function byOffer(query: ModelsQuery, offers: Offers): Test[] {
  const { min_price, max_price, min_output_price, max_output_price, callable } = query;
  const price = (model: Model) => offers(model)?.endpoint.price;
  return [
    ...between(min_price, max_price, (model) => perMillion(price(model)?.input)),
    ...between(min_output_price, max_output_price, (model) => perMillion(price(model)?.output)),
    ...(callable ? [(model: Model) => isCallable(model, offers(model)) === (callable === 'true')] : []),
  ];
}

function byHosts({ providers, zdr, region }: ModelsQuery): Test[] {
  const tests: Test[] = [];
  if (providers)
    tests.push((model) =>
      model.endpoints.some(
        ({ provider }) => providers.includes(provider.slug) || providers.includes(provider.name.toLowerCase()),
      ),
    );
  if (zdr === 'true') tests.push((model) => model.endpoints.some(({ provider }) => provider.policy.retainsDays === 0));
  if (region)
    tests.push((model) =>
      model.endpoints.some(({ provider }) =>
        (provider.policy.datacenters ?? []).some((country) => (region === 'eu' ? EU.has(country) : country === 'US')),
      ),
    );
  return tests;
}

function byBenchmarks(query: ModelsQuery): Test[] {
  const indexes = (['intelligence', 'coding', 'agentic'] as const).flatMap((kind) =>
    between(query[`min_${kind}_index`], query[`max_${kind}_index`], (model) => indexOf(model, kind)),
  );
  return [...indexes, ...between(query.min_tool_success_rate, query.max_tool_success_rate, () => undefined)];
}

/** A model without the figure passes no bound. */
function between(
  min: number | undefined,
  max: number | undefined,
  figure: (model: Model) => number | undefined,
): Test[] {
  if (min === undefined && max === undefined) return [];
  return [
    (model) => {
      const value = figure(model);
      return (
        value !== undefined && value >= (min ?? Number.NEGATIVE_INFINITY) && value <= (max ?? Number.POSITIVE_INFINITY)
      );
    },
  ];
}

/** Only for comparing with a filter's number; money itself never becomes a float. */
const perMillion = (price: PicoUsd | undefined): number | undefined =>
  price === undefined ? undefined : Number(price) / 1e6;
