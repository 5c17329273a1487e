import type { Json, JsonObject } from '../../../src/base/json.ts';
import { pico } from '../../../src/base/money.ts';
import { geminiUpstream } from '../../../src/dialects/gemini/index.ts';
import { sampleTarget } from '../../../src/dialects/samples.ts';
import { type Asked, type AskedTurn, effortNamed, effortOf, NOTHING, resultOf, sent, turnOf } from '../asked.ts';
import { mediumOf } from '../media.ts';
import type { Upstream } from '../upstream.ts';

type Part = {
  text?: string;
  thought?: boolean;
  thoughtSignature?: string;
  inlineData?: { data: string };
  fileData?: { fileUri: string };
  functionCall?: { name: string; args: Json };
  functionResponse?: { name: string; response: { output?: Json }; parts?: Part[] };
};
type Body = {
  systemInstruction?: { parts: Part[] };
  contents: { role: string; parts: Part[] }[];
  tools?: { functionDeclarations?: { name: string; parametersJsonSchema?: Json; parameters?: Json }[] }[];
  serviceTier?: string;
  toolConfig?: { functionCallingConfig?: { mode: string; allowedFunctionNames?: string[] } };
  generationConfig?: {
    maxOutputTokens?: number;
    temperature?: number;
    topP?: number;
    topK?: number;
    seed?: number;
    frequencyPenalty?: number;
    presencePenalty?: number;
    responseMimeType?: string;
    responseModalities?: string[];
    stopSequences?: string[];
    candidateCount?: number;
    responseLogprobs?: boolean;
    responseJsonSchema?: Json;
    responseSchema?: Json;
    thinkingConfig?: { thinkingLevel?: string; thinkingBudget?: number };
  };
};

/** What Google documents for calls that another model made (thought signatures, FAQ, read 2026-11-22). */
const STAND_IN = 'skip_thought_signature_validator';

const textOf = (parts: readonly Part[]): string =>
  parts.map(({ text, thought }) => (thought ? '' : (text ?? ''))).join('');

function read(json: JsonObject): Asked {
  const body = json as unknown as Body;
  const config = body.generationConfig ?? {};
  const declarations = (body.tools ?? []).flatMap(({ functionDeclarations }) => functionDeclarations ?? []);
  const names = declarations.map(({ name }) => name);
  const vendorTools = (body.tools ?? []).filter(({ functionDeclarations }) => !functionDeclarations).length;
  return {
    ...NOTHING,
    system: textOf(body.systemInstruction?.parts ?? []),
    turns: body.contents.map(({ role, parts }) => turn(role, parts)),
    tools: declarations.map(({ name, parametersJsonSchema, parameters }) => ({
      name,
      parameters: parametersJsonSchema ?? parameters ?? null,
    })),
    ...choiceOf(body.toolConfig?.functionCallingConfig, names),
    vendorTools,
    effort: reasoningOf(config),
    json: config.responseMimeType === 'application/json',
    tier: body.serviceTier ?? null,
    modalities: (config.responseModalities ?? []).map((name) => name.toLowerCase()),
    sampling: sent({
      top_p: config.topP,
      top_k: config.topK,
      seed: config.seed,
      frequency_penalty: config.frequencyPenalty,
      presence_penalty: config.presencePenalty,
    }),
    schema: config.responseJsonSchema ?? config.responseSchema ?? null,
    maxTokens: config.maxOutputTokens ?? null,
    temperature: config.temperature ?? null,
    stop: config.stopSequences ?? [],
    choices: config.candidateCount ?? 1,
    logprobs: config.responseLogprobs ?? false,
    opaque: body.contents
      .flatMap(({ parts }) => parts.flatMap(({ thoughtSignature }) => thoughtSignature ?? []))
      .filter((datum) => datum !== STAND_IN),
  };
}

type Choice = { mode: string; allowedFunctionNames?: string[] } | undefined;
function choiceOf(choice: Choice, names: readonly string[]): Pick<Asked, 'callable' | 'mustCall'> {
  return {
    callable: choice?.mode === 'NONE' ? [] : (choice?.allowedFunctionNames ?? names),
    mustCall: choice?.mode === 'ANY',
  };
}

function reasoningOf({ thinkingConfig, maxOutputTokens = 0 }: NonNullable<Body['generationConfig']>): Asked['effort'] {
  const { thinkingBudget, thinkingLevel } = thinkingConfig ?? {};
  return thinkingBudget === undefined
    ? effortNamed(thinkingLevel?.toLowerCase())
    : effortOf(thinkingBudget, maxOutputTokens);
}

const mediaOf = (parts: readonly Part[]): string[] =>
  parts.flatMap(({ inlineData, fileData }) => inlineData?.data ?? fileData?.fileUri ?? []).map(mediumOf);

function turn(role: string, parts: readonly Part[]): AskedTurn {
  const results = parts.flatMap(({ functionResponse }) => functionResponse ?? []);
  return turnOf({
    role: results.length > 0 ? 'tool' : role === 'model' ? 'assistant' : 'user',
    text: textOf(parts),
    media: mediaOf(parts),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall ? [{ name: functionCall.name, arguments: functionCall.args }] : [],
    ),
    results: results.map(({ name, response, parts: media = [] }) =>
      resultOf(name, String(response.output), mediaOf(media)),
    ),
  });
}

export const generateUpstream: Upstream = {
  name: 'gemini',
  dialect: geminiUpstream,
  target: sampleTarget('gemini', {
    endpoint: {
      upstreamId: 'gemini-3-sample',
      price: { input: pico(1n), output: pico(2n), webSearch: pico(9n), overrides: [] },
    },
  }),
  read,
  thinks: 'gemini',
  takesBack: 'gemini',
  cannot: {
    'document-citations': 'no citations of documents that are sent along',
    refusal: 'a refusal is a finish reason',
    'encrypted-reasoning': 'thoughts are shown, or only signed',
  },
  instead: { 'structured-emulated': 'structured' },
  says: { audio: { transcript: '' } },
  counts: { cacheRead: true, cacheWrite: false, reasoning: true, modalities: true },
};
