import type { Fault } from '../../../base/fault.ts';
import { isObject, type JsonObject, objectOf, optionalString } from '../../../base/json.ts';
import { failed, ok, type Result } from '../../../base/result.ts';
import type { Call } from '../../../call/call.ts';
import { newComplaints, present } from '../../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../../call/read-gateway.ts';
import type { ClientRequest } from '../../dialect.ts';
import { GEMINI } from '../names.ts';
import { readConfig } from './config.ts';
import { readContents } from './contents.ts';
import { camelKeys, hasKeys, without } from './fields.ts';
import { readToolChoice, readTools } from './tools.ts';

export const GEMINI_METHODS = ['generateContent', 'streamGenerateContent', 'countTokens'] as const;
export type GeminiMethod = (typeof GEMINI_METHODS)[number];

const KNOWN = new Set([
  ...COMMON_FIELDS,
  ...[
    'contents',
    'systemInstruction',
    'tools',
    'toolConfig',
    'generationConfig',
    'serviceTier',
    'generateContentRequest',
  ],
]);

/** `google/gemini-2.5-flash:free:generateContent` → model and method; undefined if there is no such method. */
export function splitGeminiPath(tail: string): { readonly model: string; readonly method: GeminiMethod } | undefined {
  const at = tail.lastIndexOf(':');
  const method = GEMINI_METHODS.find((known) => known === tail.slice(at + 1));
  return at > 0 && method ? { model: tail.slice(0, at), method } : undefined;
}

/**
 * Reads a body of `models/{model}:generateContent` and its streaming and counting twins. `params.model` is the path
 * below `models/`, its method included: the method says whether to stream.
 */
export function decodeCall(body: JsonObject, request: ClientRequest): Result<Call, Fault> {
  const to = newComplaints();
  const tail = request.params.model ?? '';
  const { model, method } = splitGeminiPath(tail) ?? { model: tail, method: 'generateContent' };
  // `countTokens` takes the contents alone or the whole request in a wrapper.
  const asked = camelKeys(isObject(body.generateContentRequest) ? body.generateContentRequest : body);
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
    model: model === '' ? null : model,
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
