/**
 * How much a model shall think, in each vendor's way of saying it: words become budgets and budgets words by their share
 * of the output limit (openrouter.ai/docs/guides/best-practices/reasoning-tokens, read 2026-11-22).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/base/json.ts';
import type { ReasoningRequest } from '../../src/call/call.ts';
import type { DialectId } from '../../src/catalog/dialect-table.ts';
import type { ReasoningSupport } from '../../src/catalog/model.ts';
import { UPSTREAM_DIALECTS } from '../../src/dialects/registry.ts';
import { sampleCall, sampleRequest, sampleTarget } from '../../src/dialects/samples.ts';
import { suit } from '../../src/dialects/suit.ts';

const OUTPUT_LIMIT = 10_000;
const WORDS: ReasoningSupport = {
  efforts: ['none', 'low', 'medium', 'high'],
  budget: false,
  mandatory: false,
  defaultEnabled: false,
};
const BUDGET: ReasoningSupport = { ...WORDS, efforts: [], budget: true };

type Speaker = {
  readonly dialect: DialectId;
  readonly model?: string;
  readonly quirks?: readonly string[];
  readonly reasoning: ReasoningSupport;
  /** Where in the body it stands. */
  readonly at: readonly string[];
  /** What is sent for each wish below. */
  readonly says: readonly unknown[];
};

/** Effort by name, an effort the vendor may not know, a budget of half, a tiny budget, merely on, off. */
const WISHES: readonly ReasoningRequest[] = [
  { effort: 'high' },
  { effort: 'xhigh' },
  { budgetTokens: 5_000 },
  { budgetTokens: 100 },
  { enabled: true },
  { effort: 'none' },
];

const thinking = (budget_tokens: number) => ({ type: 'enabled', budget_tokens });
const adaptive = { type: 'adaptive', display: 'summarized' };
const shown = (more: JsonObject) => ({ includeThoughts: true, ...more });

const SPEAKERS: { readonly [name: string]: Speaker } = {
  'OpenAI, chat': {
    dialect: 'openai-chat',
    reasoning: WORDS,
    at: ['reasoning_effort'],
    says: ['high', 'high', 'medium', 'low', 'medium', 'none'],
  },
  'OpenRouter and its kind': {
    dialect: 'openai-chat',
    quirks: ['reasoning-object'],
    reasoning: WORDS,
    at: ['reasoning'],
    says: [
      { effort: 'high' },
      { effort: 'xhigh' },
      { max_tokens: 5_000 },
      { max_tokens: 100 },
      { enabled: true },
      { effort: 'none' },
    ],
  },
  'a switch': {
    dialect: 'openai-chat',
    quirks: ['thinking-object'],
    reasoning: WORDS,
    at: ['thinking', 'type'],
    says: ['enabled', 'enabled', 'enabled', 'enabled', 'enabled', 'disabled'],
  },
  'a switch and a budget': {
    dialect: 'openai-chat',
    quirks: ['enable-thinking'],
    reasoning: BUDGET,
    at: ['thinking_budget'],
    says: [8_000, 9_500, 5_000, 100, undefined, undefined],
  },
  'OpenAI, Responses': {
    dialect: 'openai-responses',
    reasoning: WORDS,
    at: ['reasoning', 'effort'],
    says: ['high', 'high', 'medium', 'low', 'medium', 'none'],
  },
  'Claude with a budget': {
    dialect: 'anthropic-messages',
    reasoning: BUDGET,
    at: ['thinking'],
    says: [thinking(8_000), thinking(9_500), thinking(5_000), thinking(1_024), thinking(5_000), { type: 'disabled' }],
  },
  'Claude with efforts': {
    dialect: 'anthropic-messages',
    reasoning: { ...WORDS, efforts: ['low', 'medium', 'high', 'max'] },
    at: ['thinking'],
    says: [adaptive, adaptive, adaptive, adaptive, adaptive, { type: 'disabled' }],
  },
  'Claude with efforts: the effort': {
    dialect: 'anthropic-messages',
    reasoning: { ...WORDS, efforts: ['low', 'medium', 'high', 'max'] },
    at: ['output_config', 'effort'],
    says: ['high', 'high', 'medium', 'low', 'medium', undefined],
  },
  'Claude on Bedrock': {
    dialect: 'bedrock-converse',
    model: 'anthropic.claude-sample',
    reasoning: BUDGET,
    at: ['additionalModelRequestFields', 'thinking'],
    says: [thinking(8_000), thinking(9_500), thinking(5_000), thinking(1_024), thinking(5_000), { type: 'disabled' }],
  },
  'Gemini 3': {
    dialect: 'gemini',
    model: 'gemini-3-pro-sample',
    reasoning: { ...WORDS, efforts: ['low', 'medium', 'high'] },
    at: ['generationConfig', 'thinkingConfig'],
    says: [
      shown({ thinkingLevel: 'HIGH' }),
      shown({ thinkingLevel: 'HIGH' }),
      shown({ thinkingLevel: 'MEDIUM' }),
      shown({ thinkingLevel: 'LOW' }),
      shown({}),
      { thinkingLevel: 'LOW' },
    ],
  },
  'Gemini 2.5 Flash': {
    dialect: 'gemini',
    model: 'gemini-2.5-flash',
    reasoning: BUDGET,
    at: ['generationConfig', 'thinkingConfig'],
    says: [
      shown({ thinkingBudget: 8_000 }),
      shown({ thinkingBudget: 9_500 }),
      shown({ thinkingBudget: 5_000 }),
      shown({ thinkingBudget: 100 }),
      shown({ thinkingBudget: -1 }),
      { thinkingBudget: 0 },
    ],
  },
  Cohere: {
    dialect: 'cohere-chat',
    reasoning: BUDGET,
    at: ['thinking', 'token_budget'],
    says: [8_000, 9_500, 5_000, 100, undefined, undefined],
  },
  'Ollama, gpt-oss': {
    dialect: 'ollama',
    model: 'gpt-oss:20b',
    reasoning: { ...WORDS, efforts: ['low', 'medium', 'high'] },
    at: ['think'],
    says: ['high', 'high', 'medium', 'low', true, false],
  },
  'Ollama, others': {
    dialect: 'ollama',
    model: 'qwen3',
    reasoning: BUDGET,
    at: ['think'],
    says: [true, true, true, true, true, false],
  },
};

for (const [name, { dialect: id, model = 'sample-model', quirks = [], reasoning, at, says }] of Object.entries(
  SPEAKERS,
))
  test(`reasoning wished for in any way is asked of ${name} in its own`, () => {
    const { endpoint, ...target } = sampleTarget(id, {
      dialect: { quirks },
      endpoint: { upstreamId: model, reasoning },
    });
    const dialect = UPSTREAM_DIALECTS.chat[id];
    assert(dialect);
    const sent = WISHES.map((wish) => {
      const call = suit(sampleCall({ reasoning: wish, maxOutputTokens: OUTPUT_LIMIT }), endpoint, dialect.traits);
      assert(call.ok);
      const written = sampleRequest(dialect, call.value.call, { ...target, endpoint }, new Map());
      assert(written.ok);
      return at.reduce<unknown>((value, member) => (value as JsonObject | undefined)?.[member], written.value.body);
    });
    assert.deepEqual(sent, says);
  });
