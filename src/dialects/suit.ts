import { createHash } from 'node:crypto';
import { type Fault, fault } from '../base/fault.ts';
import { arrayOf, isObject, type Json, type JsonObject, objectOf } from '../base/json.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Call, ReasoningRequest, Sampling } from '../call/call.ts';
import { nearestEffort } from '../call/effort.ts';
import type { Loss } from '../call/loss.ts';
import type { Message, Native, TextPart } from '../call/message.ts';
import { isRouterPlugin } from '../call/router-options.ts';
import type { Endpoint } from '../catalog/model.ts';
import { undone } from './gateway-options.ts';
import { loseDetails } from './lost-details.ts';
import { suitItems } from './responses-items.ts';
import { rootedTools, STRICT_SCHEMAS, strictCall } from './strict-schema.ts';
import { type ChatTraits, holds } from './traits.ts';
import { isSearchPlugin, runsSearch, suitSearch } from './web-search.ts';

export type Suited = { readonly call: Call; readonly losses: readonly Loss[] };

/**
 * The call as this endpoint may be sent it, whatever its dialect: the end user under a pseudonym, speakers' names and
 * lists of allowed tools where the format has no place for them, no sampling where the model's is fixed, and
 * reasoning that is off said in one way only. Fails where it must not be off.
 */
export function suit(received: Call, endpoint: Endpoint, traits: ChatTraits): Result<Suited, Fault> {
  const itemLosses: Loss[] = [];
  const items = suitItems(received, endpoint, traits, itemLosses);
  const call = items ? { ...received, ...items } : received;
  const reasoning = call.reasoning && suitReasoning(call, call.reasoning, endpoint);
  if (reasoning && !reasoning.ok) return reasoning;
  const isServed = (plugin: JsonObject): boolean =>
    isRouterPlugin(plugin) || (isSearchPlugin(plugin) && runsSearch(call, endpoint, traits.webSearch));
  const losses = undone(call, endpoint, traits, isServed);
  losses.push(...itemLosses);
  const tools = allowedTools(call, endpoint, traits) ?? suitSearch(call, endpoint, traits, losses);
  const allowed = tools ? { ...call, ...tools } : call;
  const { quirks } = endpoint.dialect;
  const sampling = suitSampling(call.sampling, endpoint, losses);
  loseDetails(call, endpoint, traits, losses);
  const changed: Partial<Call> = {
    ...tools,
    ...(quirks.includes(STRICT_SCHEMAS)
      ? strictCall(allowed, losses)
      : !traits.rootsSchemas && rootedTools(allowed, losses)),
    ...(call.native && { native: unsaid(call, call.native, traits) }),
    ...suitMessages(call.messages, traits),
    ...(sampling !== call.sampling && { sampling }),
    ...(call.user !== undefined && { user: pseudonym(call.user) }),
    ...suitTier(call, endpoint),
    ...suitLimit(call, endpoint, losses),
    ...(reasoning && { reasoning: reasoning.value }),
  };
  for (const _ in changed) return ok({ call: { ...call, ...changed }, losses });
  return ok({ call, losses }); // most calls suit as they are: nothing is copied
}

/**
 * An endpoint serves the tier it stands for and is priced for. Beside such endpoints the ordinary one serves the
 * ordinary tier; where the catalogue knows none, the caller's word is the vendor's to take.
 */
function suitTier({ serviceTier }: Call, { tier, tierPrices }: Endpoint): Pick<Call, 'serviceTier'> | false {
  if (tier !== null) return serviceTier !== tier && { serviceTier: tier };
  const tierAsked = serviceTier === 'fast' ? 'priority' : serviceTier;
  return tierAsked !== undefined && tierAsked !== 'default' && tierPrices.has(tierAsked) && { serviceTier: 'default' };
}

/** The router sends a call with too high a limit only where no endpoint could keep it. */
function suitLimit(
  { maxOutputTokens: asked }: Call,
  { maxOutput }: Endpoint,
  losses: Loss[],
): Pick<Call, 'maxOutputTokens'> | false {
  if (asked === undefined || maxOutput === null || asked <= maxOutput) return false;
  losses.push({ field: 'max_tokens', reason: `lowered to ${maxOutput}, the most that the endpoint writes` });
  return { maxOutputTokens: maxOutput };
}

/** Providers see that two calls have the same end user, never who it is (spec §1.1). */
export const pseudonym = (user: string): string => createHash('sha256').update(user).digest('hex').slice(0, 32);

/** Anthropic's own `thinking` and `speed` say to others what `reasoning` and the tier have said already: no loss. */
function unsaid({ reasoning, serviceTier }: Call, native: Native, { vocabulary }: ChatTraits): Native {
  if (native.dialect !== ANTHROPIC || vocabulary === ANTHROPIC) return native;
  const { thinking, speed, ...fields } = native.fields;
  const kept = {
    ...(thinking !== undefined && !reasoning && { thinking }),
    ...(speed !== undefined && serviceTier !== 'fast' && { speed }),
  };
  return { ...native, fields: { ...fields, ...kept } };
}
const ANTHROPIC = 'anthropic-messages';

/** With speakers' names in the text where there is no place for them, and without what only Anthropic's own format says. */
function suitMessages(messages: readonly Message[], traits: ChatTraits): Pick<Call, 'messages'> | false {
  const first = messages[0];
  const isForeign = traits.vocabulary !== ANTHROPIC && first?.role === 'system' && first.parts.some(isUnsaid);
  if (isForeign) {
    const parts = first.parts.filter((part) => !isUnsaid(part));
    const rest = messages.slice(1);
    const kept = parts.length > 0 ? [{ ...first, parts }, ...rest] : rest;
    return suitMessages(kept, traits) || { messages: kept };
  }
  return !traits.speakerNames && messages.some(isNamed) && { messages: messages.map(named) };
}

/** A part without text for anyone but its own dialect. */
const isUnsaid = ({ text, native }: TextPart): boolean => text === '' && native?.dialect === ANTHROPIC;

const isNamed = (message: Message): boolean => message.role === 'user' && message.name !== undefined;

/** Formats without names for speakers have them in the text (spec §1.1). */
function named(message: Message): Message {
  if (message.role !== 'user' || message.name === undefined) return message;
  const at = message.parts.findIndex(({ type }) => type === 'text');
  const part = message.parts[at];
  if (part?.type !== 'text') return message;
  return { ...message, parts: message.parts.with(at, { ...part, text: `${message.name}: ${part.text}` }) };
}

/** A vendor's list of allowed tools, for everyone else: the tools that may be called are the only ones sent. */
function allowedTools(
  call: Call,
  endpoint: Endpoint,
  { nativeToolChoice }: ChatTraits,
): Pick<Call, 'tools' | 'toolChoice'> | undefined {
  const choice = call.toolChoice;
  if (choice?.type !== 'native') return undefined;
  if (choice.dialect === endpoint.dialect.id && holds(nativeToolChoice, endpoint)) return undefined;
  const { names, isForced } = allowedIn(choice.value);
  const allowed = new Set(names);
  const tools = call.tools.filter((tool) => tool.type === 'function' && allowed.has(tool.name));
  if (tools.length === 0) return undefined;
  return { tools, toolChoice: { type: isForced ? 'required' : 'auto' } };
}

/** OpenAI's `allowed_tools` in its two shapes, or Gemini's names. */
function allowedIn(value: JsonObject): { readonly names: readonly (Json | undefined)[]; readonly isForced: boolean } {
  if (value.type !== 'allowed_tools')
    return { names: arrayOf(value.allowedFunctionNames), isForced: value.mode === 'ANY' };
  const allowed = isObject(value.allowed_tools) ? value.allowed_tools : value;
  const names = arrayOf(allowed.tools).map((tool) => objectOf(tool).name ?? objectOf(objectOf(tool).function).name);
  return { names, isForced: allowed.mode === 'required' };
}

const isOff = ({ effort, enabled, budgetTokens }: ReasoningRequest): boolean =>
  effort === 'none' || enabled === false || budgetTokens === 0;

function suitReasoning(call: Call, request: ReasoningRequest, endpoint: Endpoint): Result<ReasoningRequest, Fault> {
  if (!isOff(request)) return ok(request);
  const { budgetTokens: _, enabled: __, ...shown } = request;
  if (!endpoint.reasoning?.mandatory) return ok({ ...shown, effort: 'none' });
  // An alias of "the latest" may come to mean a model that must reason, without its caller's doing (spec §2.5).
  if (call.model?.startsWith('~'))
    return ok({ ...shown, effort: nearestEffort('minimal', endpoint.reasoning.efforts) });
  const message = 'Reasoning is mandatory for this endpoint and cannot be disabled.';
  return failed(fault('invalid_request', message, { param: 'reasoning' }));
}

/** What a model with fixed sampling refuses; of the others' sampling the dialects know more. */
const FIXED = ['temperature', 'top_p', 'top_k', 'frequency_penalty', 'presence_penalty'] as const;

function suitSampling(sampling: Sampling, { parameters }: Endpoint, losses: Loss[]): Sampling {
  const isFixed = !parameters.has('temperature') && !parameters.has('top_p');
  const isRefused = (name: (typeof FIXED)[number]): boolean =>
    !parameters.has(name) && (isFixed || name === 'temperature' || name === 'top_p');
  const refused: readonly string[] = FIXED.filter((name) => sampling[name] !== undefined && isRefused(name));
  if (refused.length === 0) return sampling;
  for (const field of refused) losses.push({ field, reason: 'the endpoint does not take this parameter' });
  return Object.fromEntries(Object.entries(sampling).filter(([name]) => !refused.includes(name)));
}
