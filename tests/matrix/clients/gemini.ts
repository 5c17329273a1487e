import assert from 'node:assert/strict';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { geminiClient } from '../../../src/dialects/gemini/index.ts';
import { type Client, framesOf, request } from '../client.ts';
import { DOCUMENT, FILM, type Medium, mediumOf, PICTURE, SOUND } from '../media.ts';
import { CALLS, LOOSE_SCHEMA, type QuestionName, SCHEMA, TOOLS } from '../questions.ts';
import type { Told, ToldChoice } from '../told.ts';
import { type Billed, billOf } from './openai-chat.ts';

const tools = [
  {
    functionDeclarations: TOOLS.map(({ name, description, parameters }) => ({
      name,
      description,
      parametersJsonSchema: parameters,
    })),
  },
];
const user = (...parts: JsonObject[]): JsonObject => ({ role: 'user', parts });
const look = (text: string, part: JsonObject): JsonObject => ({ contents: [user({ text }, part)] });
const hello = { contents: [user({ text: 'Hello' })] };
const choice = (config: JsonObject): JsonObject => ({
  toolConfig: { functionCallingConfig: { mode: 'ANY', ...config } },
});
const configured = (generationConfig: JsonObject): JsonObject => ({ ...hello, generationConfig });
const inline = ({ mediaType, data }: Medium): JsonObject => ({ inlineData: { mimeType: mediaType, data } });
const at = ({ mediaType, url }: Medium): JsonObject => ({ fileData: { mimeType: mediaType, fileUri: url } });
const called = ({ id, name, arguments: args }: (typeof CALLS)[number]): JsonObject => ({
  functionCall: { id, name, args },
});
const json = (schema: JsonObject): JsonObject =>
  configured({ responseMimeType: 'application/json', responseJsonSchema: schema });
const thinking = (config: JsonObject): JsonObject =>
  configured({ maxOutputTokens: 4000, thinkingConfig: { includeThoughts: true, ...config } });
const thinkingConfig = { includeThoughts: true, thinkingLevel: 'MEDIUM' };

const ASKS: { readonly [question in QuestionName]?: JsonObject } = {
  text: { contents: [user({ text: 'Grüße, 🌍' })], generationConfig: { maxOutputTokens: 500, temperature: 0.5 } },
  'system prompt': { ...hello, systemInstruction: { parts: [{ text: 'Be brief.' }] } },
  conversation: {
    contents: [user({ text: 'One?' }), { role: 'model', parts: [{ text: 'Two.' }] }, user({ text: 'Three?' })],
  },
  prefill: { contents: [user({ text: 'Count.' }), { role: 'model', parts: [{ text: 'One, two,' }] }] },
  tools: { ...hello, tools },
  'no tool': { ...hello, tools, toolConfig: { functionCallingConfig: { mode: 'NONE' } } },
  "a vendor's own tool": { ...hello, tools: [{ googleSearch: {} }] },
  'required tool': { ...hello, tools, ...choice({}) },
  'named tool': { ...hello, tools, ...choice({ allowedFunctionNames: ['weather'] }) },
  'tool results': {
    contents: [
      user({ text: 'Weather?' }),
      { role: 'model', parts: CALLS.map(called) },
      user(...CALLS.map(({ id, name, result }) => ({ functionResponse: { id, name, response: { output: result } } }))),
    ],
    tools,
  },
  'tool result with an image': {
    contents: [
      user({ text: 'Draw.' }),
      { role: 'model', parts: [called(CALLS[0])] },
      user({
        functionResponse: {
          id: CALLS[0].id,
          name: CALLS[0].name,
          response: { output: 'A map' },
          parts: [inline(PICTURE)],
        },
      }),
    ],
    tools,
  },
  reasoning: { ...thinking({ thinkingLevel: 'MEDIUM' }), tools },
  'much reasoning': thinking({ thinkingLevel: 'HIGH' }),
  'hidden reasoning': configured({ maxOutputTokens: 4000, thinkingConfig: { thinkingLevel: 'MEDIUM' } }),
  'reasoning budget': thinking({ thinkingBudget: 2000 }),
  'no reasoning': configured({ thinkingConfig: { thinkingBudget: 0 } }),
  JSON: configured({ responseMimeType: 'application/json' }),
  'JSON schema': json(SCHEMA),
  'JSON schema, emulated': json(SCHEMA),
  'JSON schema, loosely written': json(LOOSE_SCHEMA),
  'image by URL': look('Look', at(PICTURE)),
  'image as data': look('Look', inline(PICTURE)),
  'PDF by URL': look('Read', at(DOCUMENT)),
  'PDF as data': look('Read', inline(DOCUMENT)),
  'audio as data': look('Listen', inline(SOUND)),
  'video by URL': look('Watch', at(FILM)),
  'video as data': look('Watch', inline(FILM)),
  'image wanted': configured({ responseModalities: ['IMAGE', 'TEXT'] }),
  'audio wanted': configured({ responseModalities: ['AUDIO', 'TEXT'] }),
  'sampling: top_p': configured({ topP: 0.9 }),
  'sampling: top_k': configured({ topK: 40 }),
  'sampling: seed': configured({ seed: 7 }),
  'sampling: penalties': configured({ frequencyPenalty: 0.5, presencePenalty: 0.25 }),
  'six stop sequences': configured({ stopSequences: ['1', '2', '3', '4', '5', '6'] }),
  'service tier': { ...hello, serviceTier: 'priority' },
  'stop sequences': configured({ stopSequences: ['three'] }),
  'two choices': configured({ candidateCount: 2 }),
  'log probabilities': configured({ responseLogprobs: true, logprobs: 2 }),
};

type Part = {
  text?: string;
  thought?: boolean;
  thoughtSignature?: string;
  functionCall?: { id: string; name: string; args: Json };
  inlineData?: { mimeType: string; data: string };
  executableCode?: Json;
  codeExecutionResult?: Json;
};
type Candidate = {
  index: number;
  content: { role: string; parts: Part[] };
  finishReason?: string;
  groundingMetadata?: { groundingChunks?: Chunk[] };
  logprobsResult?: { chosenCandidates: { logProbability: number }[] };
};
type Chunk = { web?: { uri?: string; title?: string }; retrievedContext?: { title?: string } };
type Detail = { modality: string; tokenCount: number };
type Body = {
  candidates?: Candidate[];
  usageMetadata?: {
    promptTokenCount: number;
    candidatesTokenCount?: number;
    thoughtsTokenCount?: number;
    cachedContentTokenCount?: number;
    promptTokensDetails?: Detail[];
    candidatesTokensDetails?: Detail[];
    serviceTier?: string;
  } & Billed;
  error?: { message: string; status: string; details?: { metadata?: { class?: string } }[] };
};

function fold(stream: string): Json {
  const candidates: Candidate[] = [];
  let whole: Body = {};
  const frames = framesOf(stream);
  for (const [at, { event, data }] of frames.entries()) {
    assert.equal(event, null);
    const { candidates: pieces = [], ...rest } = JSON.parse(data) as Body;
    whole = { ...whole, ...rest };
    if (rest.error) assert.equal(at, frames.length - 1, 'nothing follows an error');
    for (const piece of pieces) addPiece(candidates, piece);
  }
  if (!whole.error)
    for (const candidate of candidates) assert(candidate.finishReason, 'every candidate has a finish reason');
  return { ...whole, candidates } as unknown as Json;
}

function addPiece(candidates: Candidate[], { content, logprobsResult, ...rest }: Candidate): void {
  assert.equal(content.role, 'model');
  let known = candidates.find(({ index }) => index === rest.index);
  if (!known) {
    known = { index: rest.index, content: { role: 'model', parts: [] } };
    candidates.push(known);
  }
  assert(!known.finishReason, 'nothing follows a finish reason');
  Object.assign(known, rest);
  for (const part of content.parts) {
    const sound = known.content.parts.find(({ inlineData }) => inlineData?.mimeType.startsWith('audio/'))?.inlineData;
    // Pieces of one sound; texts are joined by who reads them.
    if (sound && part.inlineData?.mimeType === sound.mimeType) sound.data += part.inlineData.data;
    else known.content.parts.push(part);
  }
  const chosen = [...(known.logprobsResult?.chosenCandidates ?? []), ...(logprobsResult?.chosenCandidates ?? [])];
  if (chosen.length > 0) known.logprobsResult = { chosenCandidates: chosen };
}

const FILTERED = new Set([
  'SAFETY',
  'PROHIBITED_CONTENT',
  'BLOCKLIST',
  'SPII',
  'RECITATION',
  'IMAGE_SAFETY',
  'MODEL_ARMOR',
]);

function choiceOf({ content, finishReason = '', groundingMetadata, logprobsResult }: Candidate): ToldChoice {
  const { parts } = content;
  const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
  const texts = (thought: boolean) =>
    parts.filter((part) => (part.thought ?? false) === thought).map(({ text }) => text);
  const blobs = (kind: string) =>
    parts.flatMap(({ inlineData }) => (inlineData?.mimeType.startsWith(kind) ? mediumOf(inlineData.data) : []));
  const finish =
    finishReason === 'MAX_TOKENS' ? 'length' : FILTERED.has(finishReason) ? 'content_filter' : finishReason;
  return {
    text: texts(false).join(''),
    refusal: '',
    reasoning: texts(true).join(''),
    tools: calls.map(({ id, name, args }) => ({ id, name, arguments: JSON.stringify(args) })),
    finish: finish === 'STOP' ? (calls.length > 0 ? 'tool_calls' : 'stop') : finish,
    stopSequence: null,
    citations: chunksOf(groundingMetadata).flatMap(({ web }) => (web?.uri ? `${web.title} ${web.uri}` : [])),
    documents: chunksOf(groundingMetadata).flatMap(({ retrievedContext }) => retrievedContext?.title ?? []),
    images: blobs('image/'),
    audio: blobs('audio/').join(''),
    transcript: '',
    vendorItems: parts.filter((part) => part.executableCode ?? part.codeExecutionResult).length,
    logprobs: (logprobsResult?.chosenCandidates ?? []).map(({ logProbability }) => logProbability),
  };
}

/** The metadata are the vendor's own, passed on as they came. */
function chunksOf(grounding: Candidate['groundingMetadata']): Chunk[] {
  const chunks = grounding?.groundingChunks;
  return Array.isArray(chunks) ? chunks.filter((chunk) => typeof chunk === 'object' && chunk !== null) : [];
}

function tell(json: Json): Told {
  const { candidates = [], usageMetadata: usage, error } = json as unknown as Body;
  return {
    choices: [...candidates].sort((a, b) => a.index - b.index).map(choiceOf),
    usage: usage
      ? {
          prompt: usage.promptTokenCount,
          completion: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
          cacheRead: usage.cachedContentTokenCount ?? 0,
          cacheWrite: null,
          reasoning: usage.thoughtsTokenCount ?? 0,
          audioIn: countOf(usage.promptTokensDetails, 'AUDIO'),
          audioOut: countOf(usage.candidatesTokensDetails, 'AUDIO'),
          imageOut: countOf(usage.candidatesTokensDetails, 'IMAGE'),
          ...billOf(usage),
        }
      : null,
    error: error ? { message: error.message, kind: kindOf(error) } : null,
    turn: (candidates[0]?.content ?? null) as unknown as Json,
    tier: usage?.serviceTier ?? null,
  };
}

const countOf = (details: readonly Detail[] = [], name: string): number =>
  details.reduce((sum, { modality, tokenCount }) => sum + (modality === name ? tokenCount : 0), 0);

const kindOf = ({ status, details }: NonNullable<Body['error']>): string =>
  details?.find(({ metadata }) => metadata?.class)?.metadata?.class ?? status;

function replay(turns: readonly Json[]): JsonObject {
  const answered = turns.flatMap((turn) => {
    const calls = (turn as unknown as Candidate['content']).parts.flatMap(({ functionCall }) => functionCall ?? []);
    const results = calls.map(({ id, name }) => ({ functionResponse: { id, name, response: { output: 'Rain' } } }));
    return [turn, user(...results)];
  });
  return { contents: [user({ text: 'Weather?' }), ...answered], tools, generationConfig: { thinkingConfig } };
}

export const generateClient: Client = {
  dialect: geminiClient,
  request: (stream) => request({ model: 'author/model', action: stream ? 'streamGenerateContent' : 'generateContent' }),
  ask: (question) => ASKS[question],
  fold,
  tell,
  replay,
  cannot: {
    'cache-write': 'usageMetadata has no count of cache writes',
    'predicted-tokens': 'usageMetadata counts no predictions',
  },
  refusalIsText: true,
  hidesThoughts: true,
  transcriptIsText: true,
};
