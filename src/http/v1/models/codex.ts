import { PRODUCT } from '../../../base/product.ts';
import { displayName, type Model } from '../../../catalog/model.ts';
import { parametersOfModel } from './model-json.ts';

/** The efforts Codex can parse; an unknown one makes it refuse the whole list. */
const EFFORTS: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'];

/** Codex takes these in place of its own instructions, so they must not be empty. */
const INSTRUCTIONS =
  'You are a coding agent that works in a terminal on the files of the person you talk to. Look before you change; ' +
  'use the tools you are given; make the smallest change that does what was asked, check it, and say in a few words what you did.';

/**
 * The list as Codex wants it (`GET /models?client_version=…`): the members its `ModelInfo` requires
 * (openai/codex, codex-rs/protocol/src/openai_models.rs, read 2026-11-22). Only models that can call tools.
 */
export const codexModels = (models: readonly Model[]): readonly object[] =>
  models.filter((model) => parametersOfModel(model).includes('tools')).map(codexModel);

function codexModel(model: Model, index: number): object {
  const efforts = model.reasoning?.efforts.filter((effort) => EFFORTS.includes(effort)) ?? [];
  return {
    slug: model.id,
    display_name: displayName(model),
    description: model.description,
    ...(efforts.length > 0 && { default_reasoning_level: efforts.includes('medium') ? 'medium' : efforts[0] }),
    supported_reasoning_levels: efforts.map((effort) => ({ effort, description: `${effort} reasoning effort` })),
    shell_type: 'shell_command',
    visibility: 'list',
    supported_in_api: true,
    priority: index,
    upgrade: null,
    base_instructions: `${INSTRUCTIONS} You are served by ${PRODUCT.name}.`,
    supports_reasoning_summaries: model.reasoning !== null,
    support_verbosity: false,
    default_verbosity: null,
    apply_patch_tool_type: null,
    truncation_policy: { mode: 'bytes', limit: 10_000 },
    supports_parallel_tool_calls: true,
    context_window: model.context,
    experimental_supported_tools: [],
    input_modalities: model.input.filter((kind) => kind === 'text' || kind === 'image'),
  };
}
