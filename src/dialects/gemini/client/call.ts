import { type Fault, fault } from '../../../base/fault.ts';
import { isObject, type JsonObject, objectOf, optionalString } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { Call } from '../../../call/call.ts';
import { newComplaints, present } from '../../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../../call/read-gateway.ts';
import { camelKeys, hasKeys, without } from '../../camel-keys.ts';
import type { ClientRequest } from '../../dialect.ts';
import { GEMINI } from '../../gemini-names.ts';
import { readConfig } from './config.ts';
import { readContents } from './contents.ts';
import { readToolChoice, readTools } from './tools.ts';

export const GEMINI_METHODS = ['generateContent', 'streamGenerateContent', 'countTokens'] as const;
export type GeminiMethod = (typeof GEMINI_METHODS)[number];
export type GeminiPath = { readonly model: string; readonly method: GeminiMethod };

const KNOWN = new Set([
  ...['contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'serviceTier'],
  'generateContentRequest',
]);

/** `google/gemini-2.5-flash:free:generateContent` → model and method; undefined if there is no such method. */
export function splitGeminiPath(tail: string): GeminiPath | undefined {
  const at = tail.lastIndexOf(':');
  const method = GEMINI_METHODS.find((known) => known === tail.slice(at + 1));
  return at > 0 && method ? { model: tail.slice(0, at), method } : undefined;
}

/**
 * Reads a body of `models/{model}:generateContent` or its streaming twin. The model and the method stand in the path:
 * in `params.model` and `params.action`, or together below `models/` (`params['*']`).
 */
export function decodeCall(body: JsonObject, request: ClientRequest): Result<Call, Fault> {
  const asked = pathOf(request);
  if (!asked || asked.method === 'countTokens')
    return failed(fault('not_found', 'Use models/{model}:generateContent or models/{model}:streamGenerateContent.'));
  return readCall(body, request, asked);
}

/** Reads a body of `models/{model}:countTokens`: the call whose prompt is to be counted. */
export function decodeCountTokens(body: JsonObject, request: ClientRequest): Result<Call, Fault> {
  const asked = pathOf(request);
  return asked ? readCall(body, request, asked) : failed(fault('not_found', 'Use models/{model}:countTokens.'));
}

function pathOf({ params }: ClientRequest): GeminiPath | undefined {
  const { model, action } = params;
  if (action === undefined) return splitGeminiPath(model ?? params['*'] ?? '');
  return splitGeminiPath(`${model ?? ''}:${action}`);
}

function readCall(body: JsonObject, request: ClientRequest, { model, method }: GeminiPath): Result<Call, Fault> {
  const to = newComplaints();
  // `countTokens` takes the contents alone or the whole request in a wrapper.
  const told = isObject(body.generateContentRequest) ? body.generateContentRequest : body;
  const asked = camelKeys(without(told, COMMON_FIELDS));
  const { configured, rest } = readConfig(to, asked);
  const { functionCallingConfig: _, ...toolConfig } = camelKeys(objectOf(asked.toolConfig));
  const native = {
    ...without(asked, KNOWN),
    ...(hasKeys(rest) && { generationConfig: rest }),
    ...(hasKeys(toolConfig) && { toolConfig }),
  };
  // The path names the model; in the wrapper it stands as `models/…`.
  const common = readCommon(to, { ...body, model: undefined, stream: undefined }, request.headers);
  const call: Call = {
    ...common,
    ...configured,
    model,
    stream: method === 'streamGenerateContent',
    messages: readContents(to, asked),
    tools: readTools(to, asked),
    ...present({
      toolChoice: readToolChoice(asked),
      serviceTier: optionalString(asked.serviceTier) ?? common.serviceTier,
      native: hasKeys(native) ? { dialect: GEMINI, fields: native } : undefined,
    }),
  };
  return to.first ? failed(to.first) : ok(call);
}
