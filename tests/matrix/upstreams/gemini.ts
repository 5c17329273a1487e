import type { Json, JsonObject } from '../../../src/base/json.ts';
import { geminiUpstream } from '../../../src/dialects/gemini/index.ts';
import { sampleTarget } from '../../../src/dialects/samples.ts';
import { type Asked, type AskedTurn, mediumOf, turnOf } from '../asked.ts';
import type { Upstream } from '../upstream.ts';

type Part = {
  text?: string;
  thoughtSignature?: string;
  inlineData?: { data: string };
  fileData?: { fileUri: string };
  functionCall?: { name: string; args: Json };
  functionResponse?: { name: string; response: { output?: Json } };
};
type Body = {
  systemInstruction?: { parts: Part[] };
  contents: { role: string; parts: Part[] }[];
  tools?: { functionDeclarations?: { name: string; parametersJsonSchema?: Json; parameters?: Json }[] }[];
  toolConfig?: { functionCallingConfig?: { mode: string; allowedFunctionNames?: string[] } };
  generationConfig?: {
    maxOutputTokens?: number;
    temperature?: number;
    stopSequences?: string[];
    candidateCount?: number;
    responseLogprobs?: boolean;
    responseJsonSchema?: Json;
    responseSchema?: Json;
    thinkingConfig?: { thinkingLevel?: string; thinkingBudget?: number };
  };
};

const textOf = (parts: readonly Part[]): string => parts.map(({ text }) => text ?? '').join('');

function read(json: JsonObject): Asked {
  const body = json as unknown as Body;
  const config = body.generationConfig ?? {};
  const choice = body.toolConfig?.functionCallingConfig;
  const declarations = (body.tools ?? []).flatMap(({ functionDeclarations }) => functionDeclarations ?? []);
  return {
    system: textOf(body.systemInstruction?.parts ?? []),
    turns: body.contents.map(({ role, parts }) => turn(role, parts)),
    tools: declarations.map(({ name, parametersJsonSchema, parameters }) => ({
      name,
      parameters: parametersJsonSchema ?? parameters ?? null,
    })),
    toolChoice: choice?.mode === 'ANY' ? (choice.allowedFunctionNames?.[0] ?? 'required') : null,
    parallel: true,
    reasoning: config.thinkingConfig?.thinkingLevel !== undefined || (config.thinkingConfig?.thinkingBudget ?? 0) > 0,
    schema: config.responseJsonSchema ?? config.responseSchema ?? null,
    maxTokens: config.maxOutputTokens ?? null,
    temperature: config.temperature ?? null,
    stop: config.stopSequences ?? [],
    choices: config.candidateCount ?? 1,
    logprobs: config.responseLogprobs ?? false,
    cacheMarks: 0,
    opaque: body.contents.flatMap(({ parts }) => parts.flatMap(({ thoughtSignature }) => thoughtSignature ?? [])),
  };
}

function turn(role: string, parts: readonly Part[]): AskedTurn {
  const results = parts.flatMap(({ functionResponse }) => functionResponse ?? []);
  return turnOf({
    role: results.length > 0 ? 'tool' : role === 'model' ? 'assistant' : 'user',
    text: textOf(parts),
    media: parts.flatMap(({ inlineData, fileData }) => inlineData?.data ?? fileData?.fileUri ?? []).map(mediumOf),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall ? [{ name: functionCall.name, arguments: functionCall.args }] : [],
    ),
    results: results.map(({ name, response }) => ({ name, text: String(response.output) })),
  });
}

export const generateUpstream: Upstream = {
  dialect: geminiUpstream,
  target: sampleTarget('gemini', { endpoint: { upstreamId: 'gemini-3-sample' } }),
  read,
  cannot: {
    refusal: 'a refusal is a finish reason',
    'encrypted-reasoning': 'thoughts are shown, or only signed',
  },
  counts: { cacheRead: true, cacheWrite: false, reasoning: true },
};
