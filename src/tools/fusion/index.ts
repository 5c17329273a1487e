import { type JsonObject, stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { NO_MONEY } from '../../base/money.ts';
import { failed, ok } from '../../base/result.ts';
import { type Complaints, complain, readNumber, readObjects, readStrings } from '../../call/read.ts';
import type { FoundPage } from '../../call/server-tool.ts';
import type { Tool } from '../../call/tool.ts';
import { type Catalog, findModel } from '../../catalog/catalog.ts';
import { type AskedOptions, askedCall, readAsked, readNestedTools, textOfReply, userMessage } from '../asked-chat.ts';
import { failure, type OpenTool, type ServerTool, TOO_DEEP, type ToolMeans, type ToolOutcome } from '../tool.ts';
import { ANALYSIS_FORMAT, analysisIn, analystPrompt } from './analysis.ts';
import { askPanel, type Panel } from './panel.ts';

type Options = AskedOptions & {
  readonly panel: readonly string[] | undefined;
  readonly tools: readonly Tool[] | undefined;
  readonly maxToolCalls: number;
};

const PANEL_MAX = 8;
const STEPS = { customary: 4, max: 16 } as const;
const MAX_TOKENS = 16_000;
/** The contract's panel where nobody names one (FusionPlugin of @openrouter/sdk 1.3.19, read 2026-11-29). */
const CUSTOMARY_PANEL = ['~anthropic/claude-opus-latest', '~openai/gpt-sol-latest', '~google/gemini-pro-latest'];
const USES_MAX = 4;

/**
 * Asks a panel of models the same question side by side and has an analyst compare their answers (openrouter:fusion of
 * @openrouter/sdk 1.3.19, read 2026-11-29); the outer model writes the answer from that.
 */
export const fusion: ServerTool<Options> = {
  id: 'fusion',
  about: 'Asks several models the same question, has one compare their answers, and gives the model all of it.',
  costs: `what the panel, the analyst and their tools take; at most ${USES_MAX} times a request`,
  fields: [
    {
      name: 'analysis_models',
      type: 'string[]',
      range: '1–8',
      otherwise: 'three of the strongest that can be called here, else the model of the request three times',
      meaning: 'The panel.',
    },
    {
      name: 'model',
      type: 'string',
      otherwise: 'the model of the request',
      meaning: 'The analyst, who compares their answers.',
    },
    {
      name: 'tools',
      type: 'object[]',
      range: 'tools of the gateway',
      otherwise: 'web_search where an engine is set up, and web_fetch',
      meaning: 'What panel and analyst may use; an empty list is none.',
    },
    {
      name: 'max_tool_calls',
      type: 'integer',
      range: '1–16',
      otherwise: '4',
      meaning: 'How often each of them may ask for tools.',
    },
    {
      name: 'max_completion_tokens',
      type: 'integer',
      range: '≥ 1',
      otherwise: '16,000',
      meaning: 'How much each of them may write.',
    },
    {
      name: 'reasoning',
      type: 'object',
      range: 'effort, max_tokens',
      meaning: 'How hard they are to think.',
    },
    {
      name: 'temperature',
      type: 'number',
      range: '0–2',
      meaning: 'Sampling of the panel; the analyst’s is 0.',
    },
  ],
  read: readOptions,
  nested: ({ tools = [] }) => tools,
  open: (options, means) => {
    if (means.depth >= LIMITS.asks_depth_max) return failed(TOO_DEEP);
    return ok(opened(options, means));
  },
};

function readOptions(to: Complaints, said: JsonObject, path: string): Options {
  const panel = readStrings(to, said, 'analysis_models', `${path}.analysis_models`);
  if (panel && (panel.length === 0 || panel.length > PANEL_MAX))
    complain(to, `${path}.analysis_models`, `Invalid '${path}.analysis_models': expected 1 to ${PANEL_MAX} models.`);
  const tools = readObjects(to, said, 'tools', `${path}.tools`);
  const bounds = { min: 1, max: STEPS.max, whole: true } as const;
  return {
    ...readAsked(to, said, path),
    panel,
    tools: tools && readNestedTools(to, tools, 'fusion', `${path}.tools`),
    maxToolCalls: readNumber(to, said, 'max_tool_calls', bounds, `${path}.max_tool_calls`) ?? STEPS.customary,
  };
}

function opened(options: Options, means: ToolMeans): OpenTool {
  let uses = 0;
  const { panel: named, model: analyst, maxTokens = MAX_TOKENS, reasoning, maxToolCalls } = options;
  const tools = options.tools ?? customaryTools(means);
  const asking = { maxTokens, maxToolCalls, tools, ...(reasoning && { reasoning }) };
  return {
    name: 'fusion',
    description:
      'Asks a panel of models the same question, and returns their answers with an analysis: where they agree, contradict each other, and what they miss.',
    parameters: {
      type: 'object',
      properties: { prompt: { type: 'string', description: 'The question, with all that the panel needs to know.' } },
      required: ['prompt'],
    },
    priceMax: NO_MONEY,
    ms: 2 * LIMITS.asking_tool_ms,
    run: async (asked, { call, ask }) => {
      const prompt = stringOf(asked.prompt).trim();
      if (prompt === '') return failure('The argument "prompt" is missing.');
      if (uses >= USES_MAX) return failure('The most panels that this request allows have been asked.');
      uses++;
      const models = named ?? panelOf(means.catalog, call.model);
      const warmth = options.temperature === undefined ? {} : { temperature: options.temperature };
      const panel = await askPanel(models, (model) =>
        ask(
          'chat',
          askedCall({
            ...asking,
            ...warmth,
            outer: call,
            messages: [userMessage(prompt)],
            ...(model !== null && { model }),
          }),
        ),
      );
      if (panel.responses.length === 0) return nobody(panel);
      const judged = await ask(
        'chat',
        askedCall({
          ...asking,
          outer: call,
          messages: [userMessage(analystPrompt(prompt, panel.responses))],
          temperature: 0,
          output: ANALYSIS_FORMAT,
          ...(analyst !== undefined && { model: analyst }),
        }),
      );
      const found = judged.ok
        ? analysisIn(textOfReply(judged.value.reply))
        : ({ reason: 'judge_upstream_error', message: judged.error.message } as const);
      return outcomeOf(panel, found);
    },
  };
}

/** Those of the contract that can be called here; else the outer call's own model three times. */
function panelOf(catalog: Catalog, model: string | null): readonly (string | null)[] {
  const known = CUSTOMARY_PANEL.filter((name) => (findModel(catalog, name)?.endpoints.length ?? 0) > 0);
  return known.length > 0 ? known : [model, model, model];
}

/** A search only where something here can search. */
function customaryTools({ search, isSandbox }: ToolMeans): readonly Tool[] {
  const types = search.engineFor(undefined, isSandbox).ok ? ['web_search', 'web_fetch'] : ['web_fetch'];
  return types.map((type) => ({ type: 'native', dialect: 'openai-chat', value: { type: `openrouter:${type}` } }));
}

function nobody({ failed: lost }: Panel): ToolOutcome {
  const isPoor = lost.every(({ statusCode }) => statusCode === 402);
  const isBusy = lost.every(({ statusCode }) => statusCode === 429);
  const failure_reason = isPoor ? 'insufficient_credits' : isBusy ? 'rate_limited' : 'all_panels_failed';
  const told = failedJson(lost);
  const error = 'No model of the panel answered.';
  return {
    isFailed: true,
    result: JSON.stringify({ error, failure_reason, failed_models: told }),
    shown: { error, failure_reason, failed_models: told },
  };
}

const failedJson = (lost: Panel['failed']): JsonObject[] =>
  lost.map(({ model, error, statusCode }) => ({ model, error, status_code: statusCode }));

/** Answers without an analysis are answers still: the model gets them, the client hears what is missing. */
function outcomeOf({ responses, failed: lost, pages }: Panel, found: ReturnType<typeof analysisIn>): ToolOutcome {
  const sources = pages.map(({ url, title }: FoundPage) => ({ url, title }));
  const common: JsonObject = {
    ...('analysis' in found ? { analysis: found.analysis } : { error: found.message, failure_reason: found.reason }),
    responses: responses.map(({ model, content }) => ({ model, content })),
    ...(lost.length > 0 && { failed_models: failedJson(lost) }),
    ...(sources.length > 0 && { sources }),
  };
  return {
    ...('reason' in found && { isFailed: true as const }),
    result: JSON.stringify(common),
    shown: common,
    ...(pages.length > 0 && { pages }),
    by: responses.map(({ model }) => model).join(', '),
  };
}
