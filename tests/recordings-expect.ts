/** Holds an answer against what a recording says a correct normalisation contains. A missing field is not asserted. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

type Text = string | null | { sha256: string; length: number; prefix: string };
type ExpectedChoice = {
  readonly index: number;
  readonly content?: Text;
  readonly reasoning?: Text;
  readonly reasoning_contains?: readonly string[];
  readonly refusal?: string;
  readonly tool_calls?: readonly {
    readonly name: string;
    readonly arguments?: unknown;
    readonly arguments_raw?: string;
  }[];
  readonly finish_reason?: string;
  readonly finish_reason_any_of?: readonly string[];
};
type ExpectedUsage = { readonly [name: string]: number };
type ExpectedError = { readonly message?: string; readonly class?: string };
export type Expected = {
  readonly http_status: number | null;
  readonly choices?: readonly ExpectedChoice[];
  readonly usage?: ExpectedUsage;
  readonly usage_any_of?: readonly ExpectedUsage[];
  readonly error?: ExpectedError;
  readonly stream_error?: ExpectedError;
  readonly must_be_error?: boolean;
  readonly must_not_end_cleanly?: boolean;
  readonly any_of?: readonly {
    readonly finish_reason?: string;
    readonly content?: null;
    readonly error?: ExpectedError;
    readonly stream_error?: unknown;
  }[];
  readonly embeddings?: { readonly count: number; readonly dimensions: number; readonly first_value: number };
  readonly citations_count?: number;
};

type Message = {
  content?: string | null;
  refusal?: string | null;
  reasoning?: string | null;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  annotations?: unknown[];
};
type Body = {
  choices?: { index: number; message: Message; finish_reason: string | null }[];
  usage?: {
    prompt_tokens: number;
    completion_tokens: number;
    total_tokens: number;
    prompt_tokens_details?: { cached_tokens?: number; cache_write_tokens?: number };
    completion_tokens_details?: { reasoning_tokens?: number };
  };
  error?: { message: string; code: number; metadata?: { class?: string; raw?: string } };
  data?: { embedding: number[] }[];
  done?: boolean;
};

export function checkAnswer(expected: Expected, { status, body }: { status: number; body: Body }): void {
  const error = expected.error ?? expected.stream_error;
  if (expected.must_be_error || expected.error) assert(body.error, 'this is an error');
  if (expected.must_not_end_cleanly) assert(body.error, 'the client sees an error');
  if (error && body.error) checkError(error, body.error);
  if (expected.error) assert(status >= 400, 'a refused call has an HTTP error');
  if (expected.any_of) return checkAny(expected.any_of, body);
  if (!error) assert.equal(body.error, undefined);
  if (body.error && status >= 400) return;
  if (expected.embeddings) return checkEmbeddings(expected, body);
  checkChoices(expected.choices ?? [], body);
  if (expected.usage) checkUsage(expected.usage, body.usage);
  if (expected.usage_any_of)
    assert(
      expected.usage_any_of.some((usage) => holds(() => checkUsage(usage, body.usage))),
      JSON.stringify(body.usage),
    );
  if (expected.citations_count !== undefined)
    assert.equal(body.choices?.[0]?.message.annotations?.length, expected.citations_count);
  if (body.done !== undefined && !body.error) assert.equal(body.done, true, 'the stream ends with [DONE]');
}

function checkChoices(expected: readonly ExpectedChoice[], body: Body): void {
  for (const choice of expected) {
    const actual = body.choices?.find((candidate) => candidate.index === choice.index);
    if (!actual && body.error) continue; // the error came first
    assert(actual, `choice ${choice.index}`);
    const { message, finish_reason } = actual;
    if (choice.content !== undefined) checkText(choice.content, message.content ?? '', 'content');
    if (choice.reasoning !== undefined) checkText(choice.reasoning, message.reasoning ?? '', 'reasoning');
    for (const part of choice.reasoning_contains ?? [])
      assert(message.reasoning?.includes(part), `reasoning contains ${part}`);
    if (choice.refusal !== undefined) assert.equal(message.refusal, choice.refusal);
    if (choice.tool_calls) checkTools(choice.tool_calls, message.tool_calls ?? []);
    if (choice.finish_reason) assert.equal(finish_reason, choice.finish_reason);
    if (choice.finish_reason_any_of)
      assert(choice.finish_reason_any_of.includes(finish_reason ?? ''), `finish_reason ${finish_reason}`);
  }
}

function checkTools(
  expected: NonNullable<ExpectedChoice['tool_calls']>,
  actual: NonNullable<Message['tool_calls']>,
): void {
  assert.deepEqual(
    actual.map((call) => call.function.name),
    expected.map((call) => call.name),
  );
  assert.equal(new Set(actual.map((call) => call.id)).size, actual.length, 'ids are unique');
  for (const [at, { arguments: parsed, arguments_raw }] of expected.entries()) {
    const text = actual[at]?.function.arguments ?? '';
    assert(actual[at]?.id, 'ids are present');
    if (arguments_raw !== undefined) assert.equal(text, arguments_raw);
    else if (parsed !== undefined) assert.deepEqual(JSON.parse(text), parsed);
  }
}

function checkText(expected: Text, actual: string, what: string): void {
  if (expected === null || typeof expected === 'string') return assert.equal(actual, expected ?? '', what);
  assert(actual.startsWith(expected.prefix), what);
  assert.equal(createHash('sha256').update(actual).digest('hex'), expected.sha256, what);
}

function checkUsage(expected: ExpectedUsage, usage: Body['usage']): void {
  assert(usage, 'usage is present');
  const actual: { [name: string]: number } = {
    prompt_tokens: usage.prompt_tokens,
    completion_tokens: usage.completion_tokens,
    total_tokens: usage.total_tokens,
    cached_tokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    cache_creation_tokens: usage.prompt_tokens_details?.cache_write_tokens ?? 0,
    reasoning_tokens: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(actual[name], value, name);
}

function checkError(expected: ExpectedError, actual: NonNullable<Body['error']>): void {
  const told = `${actual.message} ${actual.metadata?.raw ?? ''}`;
  if (expected.message)
    assert(
      told.includes(expected.message) || told.includes(JSON.stringify(expected.message).slice(1, -1)),
      `the upstream's message survives: ${told}`,
    );
  if (expected.class) assert.equal(actual.metadata?.class, expected.class);
}

function checkAny(ways: NonNullable<Expected['any_of']>, body: Body): void {
  const finish = body.choices?.[0]?.finish_reason;
  const fits = ways.some((way) =>
    way.error || way.stream_error ? body.error !== undefined : way.finish_reason === finish && body.error === undefined,
  );
  assert(fits, JSON.stringify(body).slice(0, 300));
}

function checkEmbeddings({ embeddings, usage }: Expected, body: Body): void {
  assert(embeddings);
  assert.equal(body.data?.length, embeddings.count);
  assert.equal(body.data?.[0]?.embedding.length, embeddings.dimensions);
  assert(Math.abs((body.data?.[0]?.embedding[0] ?? 0) - embeddings.first_value) < 1e-6);
  for (const name of ['prompt_tokens', 'total_tokens'] as const)
    if (usage?.[name] !== undefined) assert.equal(body.usage?.[name], usage[name]);
}

function holds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
