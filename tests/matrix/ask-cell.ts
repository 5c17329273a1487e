import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../src/base/json.ts';
import type { Call } from '../../src/call/call.ts';
import type { Loss } from '../../src/call/loss.ts';
import { sampleRequest } from '../../src/dialects/samples.ts';
import { suit } from '../../src/dialects/suit.ts';
import type { Assets } from '../../src/facts/asset.ts';
import type { Target } from '../../src/facts/target.ts';
import type { Asked } from './asked.ts';
import type { Cell } from './cell.ts';
import type { Client } from './client.ts';
import { MEDIA } from './media.ts';
import { QUESTIONS, type QuestionName, WITHOUT } from './questions.ts';
import type { Upstream } from './upstream.ts';

/** Is a question that a program asks understood by an endpoint, or named as a loss? */
export function askCell(client: Client, upstream: Upstream, question: QuestionName, stream: boolean): Cell {
  const body = client.ask(question);
  if (!body) return { state: 'none', reason: 'cannot be asked in this dialect' };
  const sent = send(client, lacking(upstream, question), body, stream);
  if (typeof sent === 'string') return { state: 'wrong', reason: sent };
  const expected: Partial<Asked> = QUESTIONS[question];
  const asked = { ...sent.asked, schema: schemaOf(sent.asked) };
  const different = (Object.keys(expected) as (keyof Asked)[]).filter(
    (member) => !isDeepStrictEqual(asked[member], expected[member]),
  );
  if (different.length === 0) return { state: 'kept' };
  const member = different.find((name) => !sent.losses.some(({ field }) => TOLD[name]?.test(field)));
  if (member === undefined) return { state: 'lost', reason: reasonOf(sent.losses) };
  return {
    state: 'wrong',
    reason: `${member} is ${JSON.stringify(asked[member])}, not ${JSON.stringify(expected[member])}`,
  };
}

/** The same server without the parameter that the question is about. */
export function lacking(upstream: Upstream, question: QuestionName): Upstream {
  const { model, endpoint } = upstream.target;
  const parameters = new Set([...endpoint.parameters].filter((name) => name !== WITHOUT[question]));
  return { ...upstream, target: { model, endpoint: { ...endpoint, parameters } } };
}

/** Where a schema has no place of its own it is the one tool that must be called, or stands in the instructions. */
function schemaOf({ schema, mustCall, callable, tools, system }: Asked): Json {
  if (schema !== null) return schema;
  if (mustCall && callable.length === 1) return tools.find(({ name }) => name === callable[0])?.parameters ?? null;
  const told = /JSON Schema.*?\n(\{.*\})/s.exec(system)?.[1];
  return told === undefined ? null : JSON.parse(told);
}

/** How a loss of each member is named to the caller. */
const TOLD: { readonly [member in keyof Asked]?: RegExp } = {
  turns: /^messages\[/,
  strictTools: /strict$/,
  callable: /^tool_choice$/,
  mustCall: /^tool_choice$/,
  parallel: /^parallel_tool_calls$/,
  vendorTools: /^tools\[\d+\]$/,
  effort: /^reasoning$/,
  schema: /^response_format/,
  sampling: /^(?:top_k|seed|(?:frequency|presence)_penalty|logit_bias)$/,
  stop: /^stop$/,
  choices: /^n$/,
  logprobs: /^logprobs$/,
  modalities: /^modalities$/,
  prediction: /^prediction$/,
  verbosity: /^verbosity$/,
  tier: /^service_tier$/,
  cacheMarks: /cache_control$/,
};

const reasonOf = (losses: readonly Loss[]): string => [...new Set(losses.map(wordsOf))].sort().join('; ');

const wordsOf = ({ field, reason }: Loss): string => `${field.replaceAll(/\[\d+\]/g, '[…]')}: ${reason}`;

export type Sent = { readonly call: Call; readonly asked: Asked; readonly losses: readonly Loss[] };

/** Takes a body through the gateway's two dialects; text says what went wrong. */
export function send(client: Client, upstream: Upstream, body: JsonObject, stream: boolean): Sent | string {
  const call = client.dialect.decodeCall({ ...body, stream }, client.request(stream));
  if (!call.ok) return `refused: ${call.error.message}`;
  return write(call.value, upstream);
}

function write(call: Call, { dialect, target, read }: Upstream): Sent | string {
  const suited = suit(call, target.endpoint, dialect.traits);
  if (!suited.ok) return `not suited: ${suited.error.message}`;
  const written = sampleRequest(dialect, suited.value.call, target, assetsOf(call, dialect, target));
  if (!written.ok) return `not written: ${written.error.message}`;
  const wire = JSON.parse(JSON.stringify(written.value.body)) as JsonObject;
  return { call, asked: read(wire), losses: [...suited.value.losses, ...written.value.losses] };
}

/** What the dialect wants fetched, from the one place in the world of this matrix. */
function assetsOf(call: Call, dialect: Upstream['dialect'], target: Target): Assets {
  const media = new Map(Object.values(MEDIA).map((medium) => [medium.url, medium]));
  return new Map(
    dialect.assets(call, target).flatMap(({ url }) => {
      const medium = media.get(url);
      return medium ? [[url, { mediaType: medium.mediaType, data: Buffer.from(medium.data, 'base64') }] as const] : [];
    }),
  );
}
