import { parseJson } from '../base/json.ts';
import { matchesPattern } from '../base/pattern.ts';
import type { Cutoffs, ProviderPreferences } from '../call/call.ts';
import type { Parameter } from '../call/parameters.ts';
import type { Endpoint, Modality, Model, Tier } from '../catalog/model.ts';
import type { Grounds, GroundsCandidate, GroundsRejection } from '../facts/grounds.ts';
import { type EndpointHealth, type HealthView, type Percentiles, UNMEASURED } from '../facts/health.ts';
import type { OwnKey } from '../facts/own-key.ts';
import type { Plan, Rejection } from '../facts/plan.ts';
import type { Policy } from '../facts/policy.ts';
import type { Expected, Question } from '../facts/question.ts';
import type { FilterStep } from './filters.ts';
import { expectedCost } from './order.ts';
import { NO_FALLBACKS } from './plan.ts';
import { printOf } from './print.ts';
import { codeOfReason, reasonOfCode } from './reason-code.ts';
import { type RoutedCells, routedCells, routedFrom } from './routed-cells.ts';

/** Raised with every change of what follows it; older ones stay readable. */
const FORMAT = 2;
/** In the first format there was one window for everything. */
const ONE_WINDOW = 1;

/** What a question says beside its names; what it does not say is not written. */
type QuestionCells = {
  /** The models, where there are several. */
  readonly m?: readonly string[];
  /** The model whose id endpoints leave out, where it is not the first name. */
  readonly b?: string;
  readonly p?: ProviderPreferences;
  readonly t?: Tier;
  readonly a?: string;
  readonly i?: string;
  readonly o?: string;
  readonly x?: number;
  /** `t` tools, `r` reasoning. */
  readonly f?: string;
  readonly d?: string;
  readonly c?: Question['completes'];
  /** What it consumes. */
  readonly e?: Expected;
  /** The caller's own keys: id, provider, and letters; with the models that they are for. */
  readonly k?: readonly OwnKeyCells[];
  /** What others than the caller had laid down. */
  readonly y?: Policy;
  /** What router models chose. */
  readonly w?: readonly RoutedCells[];
  /** The health of those that lost their place only to the first one. */
  readonly h?: { readonly [name: string]: HealthCells };
};
type HealthCells = readonly [flags: number, ...(number | null | readonly number[])[]];
type OwnKeyCells = readonly [id: string, provider: string, flags: string, models?: readonly string[]];
type Cells = readonly [
  format: number,
  print: string,
  promptTokens: number,
  asked: QuestionCells | 0,
  candidates: readonly (readonly [name: string, reason: string | number, nanoUsd: number, health?: HealthCells])[],
  rejected: readonly (readonly [step: string, reason: string | 0, ...names: string[]])[],
];

/**
 * What a plan rests on as JSON, some 150 characters for an ordinary call: names of endpoints leave out the first
 * model's id, reasons are codes, and of health there is what a plan looks at.
 */
export function groundsText(question: Question, { candidates, rejected, routed }: Plan, format = FORMAT): string {
  const [first] = candidates;
  if (!first) return '';
  const base = first.model.id;
  let rows = '';
  let print = '';
  let last: Model | null = null;
  for (const { model, endpoint, reason } of candidates) {
    if (model !== last) print += printOf(model);
    last = model;
    const code = codeOfReason(reason);
    const cost = Math.round(expectedCost(endpoint, question) / 1000);
    rows += `${rows && ','}[${nameOf(endpoint, base)},${typeof code === 'number' ? code : quoted(code)},${cost}`;
    rows += `${healthText(question, endpoint.id, format)}]`;
  }
  return `[${format},"${print}",${question.promptTokens},${askedText(question, base, { candidates, rejected, routed, format })},[${rows}],${rejectedText(first.model, rejected)}]`;
}

/** Names of the catalogue need no escapes, but for what an operator may have called a model. */
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));
/** Of a vocabulary of ours. */
const word = (text: string): string => `"${text}"`;
const PLAIN = /^[\w ./:@-]*$/;
const nameOf = ({ id, tag, modelId }: Endpoint, base: string): string => quoted(modelId === base ? tag : id);

function healthText({ health, preferences }: Question, id: string, format: number): string {
  const figures = health.of(id);
  return figures ? `,${format === FORMAT ? cellsText(figures, preferences) : oldCellsText(figures, preferences)}` : '';
}

/** Health of an endpoint as `HealthCells`. */
function cellsText(figures: EndpointHealth, preferences: ProviderPreferences): string {
  const { latencyMs, latencyMsLast5m, throughput, throughputLast5m, cacheShare, wellFormed } = figures;
  const delay = percentilesText(latencyMs, latencyMsLast5m, preferences.preferred_max_latency);
  const speed = percentilesText(throughput, throughputLast5m, preferences.preferred_min_throughput);
  const formed = wellFormed === undefined ? '' : `,${wellFormed}`;
  const cached = cacheShare === undefined ? (formed === '' ? '' : ',null') : `,${cacheShare}`;
  return `[${flagsOf(figures)},${figures.success},${delay},${speed}${cached}${formed}]`;
}

const flagsOf = ({ stable, overruns, spent }: EndpointHealth): number =>
  (stable ? 0 : 1) + (overruns ? 2 : 0) + (spent ? 4 : 0);

/** As the first format had it, so that a plan of then is compared with what is planned now. */
function oldCellsText(figures: EndpointHealth, preferences: ProviderPreferences): string {
  const text = (some: Percentiles | null, cuts: Cutoffs | undefined): string => {
    if (some === null) return 'null';
    return typeof cuts === 'object' ? `[${some.p50},${some.p75},${some.p90},${some.p99}]` : `${some.p50}`;
  };
  const latency = text(figures.latencyMs, preferences.preferred_max_latency);
  const throughput = text(figures.throughput, preferences.preferred_min_throughput);
  const cached = figures.cacheShare === undefined ? '' : `,${figures.cacheShare}`;
  return `[${flagsOf(figures)},${figures.success},${latency},${throughput}${cached}]`;
}

/** The median of half an hour alone; where the caller prefers something, behind it all of the last five minutes. */
function percentilesText(long: Percentiles | null, short: Percentiles | null, cuts: Cutoffs | undefined): string {
  if (long === null) return 'null';
  if (cuts === undefined || short === null) return `${long.p50}`;
  return `[${long.p50},${short.p50},${short.p75},${short.p90},${short.p99}]`;
}

/** Of whoever was compared with the first, and may not stand behind it. */
function cutHealth(question: Question, rejected: readonly Rejection[], format: number): string {
  if (question.preferences.allow_fallbacks !== false) return '';
  return rejected
    .filter(({ step, endpoint }) => step === NO_FALLBACKS && question.health.of(endpoint))
    .map(({ endpoint }) => `${quoted(endpoint)}:${healthText(question, endpoint, format).slice(1)}`)
    .join(',');
}

/** Of those providers alone that the plan speaks of; whether the operator has a key there too is told by `o`. */
function ownKeysText(
  { ownKeys = [], enabled }: Question,
  candidates: Plan['candidates'],
  rejected: readonly Rejection[],
): string {
  const spoken = new Set([
    ...candidates.map(({ endpoint }) => endpoint.provider.slug),
    ...rejected.map(({ provider }) => provider),
  ]);
  const cells = ownKeys
    .filter(({ provider }) => spoken.has(provider))
    .map(({ id, provider, isFallback, isRequired, isByokOnly, declaredZdr, models }): OwnKeyCells => {
      const zdr = declaredZdr === null ? '' : declaredZdr ? 'z' : 'n';
      const flags = `${isFallback ? 'f' : ''}${isRequired ? 'r' : ''}${isByokOnly ? 'b' : ''}${zdr}${enabled.has(provider) ? 'o' : ''}`;
      return models === null ? [id, provider, flags] : [id, provider, flags, models];
    });
  return JSON.stringify(cells);
}

const ownKeyFrom = ([id, provider, flags, models]: OwnKeyCells): OwnKey => ({
  id,
  provider,
  models: models ?? null,
  isFallback: flags.includes('f'),
  isRequired: flags.includes('r'),
  isByokOnly: flags.includes('b'),
  declaredZdr: flags.includes('z') ? true : flags.includes('n') ? false : null,
  feePpm: 0,
});

function askedText(
  question: Question,
  base: string,
  {
    candidates,
    rejected,
    routed,
    format,
  }: Pick<Plan, 'candidates' | 'rejected'> & { readonly routed: Plan['routed'] | undefined; readonly format: number },
): string {
  const { models, preferences, parameters, inputModalities, outputModalities } = question;
  let text = '';
  const say = (name: keyof QuestionCells, json: string): void => {
    text += `${text && ','}"${name}":${json}`;
  };
  if (models.length > 1 || question.policy) say('m', JSON.stringify(models));
  if (models[0] !== base) say('b', quoted(base));
  if (!isEmpty(preferences)) say('p', JSON.stringify(preferences));
  if (question.tier !== null) say('t', word(question.tier));
  if (parameters.length > 0) say('a', word(parameters.join(' ')));
  if (!isText(inputModalities)) say('i', word(inputModalities.join(' ')));
  if (!isText(outputModalities)) say('o', word(outputModalities.join(' ')));
  if (question.maxOutputTokens !== null) say('x', `${question.maxOutputTokens}`);
  if (question.usesTools || question.asksReasoning)
    say('f', word((question.usesTools ? 't' : '') + (question.asksReasoning ? 'r' : '')));
  if (question.clientDialect !== null) say('d', quoted(question.clientDialect));
  if (question.completes !== 'conversation') say('c', word(question.completes));
  if (question.expected) say('e', JSON.stringify(question.expected));
  if (question.ownKeys?.length) say('k', ownKeysText(question, candidates, rejected));
  if (question.policy) say('y', JSON.stringify(policyCells(question.policy, candidates, rejected)));
  if (routed) say('w', JSON.stringify(routed.map(routedCells)));
  const cut = cutHealth(question, rejected, format);
  if (cut !== '') say('h', `{${cut}}`);
  return text === '' ? '0' : `{${text}}`;
}

/** Of long lists of models, what has to do with those of this plan. */
function policyCells(policy: Policy, candidates: Plan['candidates'], rejected: readonly Rejection[]): Policy {
  const models = new Set([...candidates.map(({ model }) => model.id), ...rejected.map(({ model }) => model)]);
  const ofThese = (patterns: readonly string[]): readonly string[] =>
    patterns.filter((pattern) => [...models].some((id) => matchesPattern(pattern, id)));
  const rules = policy.rules.map((rule) => ({
    ...rule,
    ...(rule.only_models && { only_models: ofThese(rule.only_models) }),
    ...(rule.ignore_models && { ignore_models: ofThese(rule.ignore_models) }),
  }));
  return { ...policy, rules };
}

const isText = (modalities: readonly Modality[]): boolean => modalities.length === 1 && modalities[0] === 'text';
function isEmpty(value: object): boolean {
  for (const _ in value) return false;
  return true;
}

type Rejected = { readonly of: readonly Rejection[]; readonly text: string };
/** Calls for the same model are mostly rejected by the same endpoints for the same reasons: written once. */
const written = new WeakMap<Model, Rejected>();

function rejectedText(model: Model, rejected: readonly Rejection[]): string {
  if (rejected.length === 0) return '[]';
  const known = written.get(model);
  if (known && isSame(known.of, rejected)) return known.text;
  const rows = new Map<string, [step: string, reason: string | 0, ...names: string[]]>();
  const base = `${model.id}@`;
  for (const { endpoint, model: name, step, reason } of rejected) {
    const told = step === CREDENTIALS ? 0 : reason;
    const row = rows.get(`${step}\n${told}`) ?? [step, told];
    rows.set(`${step}\n${told}`, row);
    if (endpoint === '') row.push(name);
    else row.push(endpoint.startsWith(base) ? endpoint.slice(base.length) : endpoint);
  }
  const text = JSON.stringify([...rows.values()]);
  written.set(model, { of: rejected, text });
  return text;
}

const CREDENTIALS: FilterStep = 'credentials';
const isSame = (some: readonly Rejection[], others: readonly Rejection[]): boolean =>
  some.length === others.length &&
  some.every((one, at) => {
    const other = others[at];
    if (other === one) return true;
    const { endpoint, step, reason, model } = one;
    return other?.endpoint === endpoint && other.step === step && other.reason === reason && other.model === model;
  });

/** What `groundsText` wrote, of the call that its receipt tells of; null if it is nothing of the kind. */
export function groundsFrom(
  text: string,
  { requestedModel, operation }: { readonly requestedModel: string; readonly operation: Question['operation'] },
): Grounds | null {
  const cells = parseJson(text) as Cells | undefined;
  if (!Array.isArray(cells) || (cells[0] !== FORMAT && cells[0] !== ONE_WINDOW)) return null;
  const readHealth = cells[0] === FORMAT ? healthFrom : oldHealthFrom;
  const [, print, promptTokens, said, candidates, rejected] = cells as Cells;
  const asked: QuestionCells = said === 0 ? {} : said;
  const base = asked.b ?? requestedModel;
  const idOf = (name: string): string => (name.includes('@') ? name : `${base}@${name}`);
  return {
    format: cells[0],
    print,
    question: {
      operation,
      models: asked.m ?? [requestedModel],
      preferences: asked.p ?? {},
      tier: asked.t ?? null,
      parameters: words<Parameter>(asked.a),
      inputModalities: asked.i === undefined ? ['text'] : words<Modality>(asked.i),
      outputModalities: asked.o === undefined ? ['text'] : words<Modality>(asked.o),
      promptTokens,
      maxOutputTokens: asked.x ?? null,
      usesTools: asked.f?.includes('t') ?? false,
      asksReasoning: asked.f?.includes('r') ?? false,
      clientDialect: asked.d ?? null,
      completes: asked.c ?? 'conversation',
      ...(asked.e && { expected: asked.e }),
      ...(asked.w && { routed: asked.w.map(routedFrom) }),
      ...(asked.k && { ownKeys: asked.k.map(ownKeyFrom) }),
      ...(asked.y && { policy: asked.y }),
    },
    ...(asked.k && {
      withoutOperator: asked.k.flatMap(([, provider, flags]) => (flags.includes('o') ? [] : [provider])),
    }),
    candidates: candidates.map(
      ([name, code, expectedNanoUsd, health]): GroundsCandidate => ({
        endpoint: idOf(name),
        reason: reasonOfCode(code),
        expectedNanoUsd,
        health: readHealth(health),
      }),
    ),
    rejected: rejected.flatMap(([step, reason, ...names]) =>
      names.map(
        (name): GroundsRejection => ({
          endpoint: step === 'model' ? name : idOf(name),
          step,
          reason: reason === 0 ? null : reason,
          health: step === NO_FALLBACKS ? readHealth(asked.h?.[idOf(name)]) : null,
        }),
      ),
    ),
  };
}

const words = <Word extends string>(text: string | undefined): readonly Word[] =>
  text ? (text.split(' ') as Word[]) : [];

function healthFrom(cells: HealthCells | undefined): EndpointHealth | null {
  if (!cells) return null;
  const [, , latency, throughput, , wellFormed] = cells;
  return {
    ...sharesFrom(cells),
    ...(typeof wellFormed === 'number' && { wellFormed }),
    latencyMs: medianFrom(latency),
    throughput: medianFrom(throughput),
    latencyMsLast5m: shortFrom(latency),
    throughputLast5m: shortFrom(throughput),
  };
}

function oldHealthFrom(cells: HealthCells | undefined): EndpointHealth | null {
  if (!cells) return null;
  const [latencyMs, throughput] = [percentilesFrom(cells[2]), percentilesFrom(cells[3])];
  return { ...sharesFrom(cells), latencyMs, throughput, latencyMsLast5m: latencyMs, throughputLast5m: throughput };
}

function sharesFrom([flags, success, , , cacheShare]: HealthCells): EndpointHealth {
  return {
    ...UNMEASURED,
    stable: (flags & 1) === 0,
    ...((flags & 2) !== 0 && { overruns: true }),
    ...((flags & 4) !== 0 && { spent: true }),
    success: typeof success === 'number' ? success : null,
    ...(typeof cacheShare === 'number' && { cacheShare }),
  };
}

type PercentilesCell = HealthCells[number] | undefined;
const medianFrom = (cell: PercentilesCell): Percentiles | null =>
  percentilesFrom(Array.isArray(cell) ? (cell[0] as number) : cell);
const shortFrom = (cell: PercentilesCell): Percentiles | null =>
  Array.isArray(cell) ? percentilesFrom(cell.slice(1) as readonly number[]) : null;

/** Where only the median was written, nobody asked for another. */
function percentilesFrom(cell: PercentilesCell): Percentiles | null {
  if (cell === null || cell === undefined) return null;
  const [p50 = 0, p75 = p50, p90 = p50, p99 = p50] = typeof cell === 'number' ? [cell] : cell;
  return { p50, p75, p90, p99 };
}

/** Health as it was written down, for the same question to be asked again. */
export function healthOf({ candidates, rejected }: Grounds): HealthView {
  const seen = new Map([...rejected, ...candidates].map(({ endpoint, health }) => [endpoint, health ?? undefined]));
  return { of: (id) => seen.get(id) };
}
