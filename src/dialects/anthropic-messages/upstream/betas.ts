import { arrayOf, type JsonObject, objectOf, stringOf } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import { fieldsOf } from '../words.ts';
import { namesFile } from './assets.ts';
import type { Encoding } from './encoding.ts';
import type { Thinking } from './thinking.ts';
import type { Transport } from './transport.ts';

/** The caller's beta flags and those that the call cannot do without, as far as the host knows them. */
export function betasOf({ call, target, lose }: Encoding, thinking: Thinking, transport: Transport): string[] {
  const fields = fieldsOf(call.native);
  const betas = new Set(arrayOf(fields.anthropic_beta).map(stringOf));
  for (const flag of call.anthropicBetas ?? []) betas.add(flag);
  for (const flag of demanded(target.endpoint.tier === 'priority' ? { ...fields, ...FAST } : fields)) betas.add(flag);
  if (thinksBetweenTools(call, thinking, target.endpoint.upstreamId)) betas.add('interleaved-thinking-2025-05-14');
  if (namesFile(call)) betas.add('files-api-2025-04-14');
  const taken = transport.betas(target);
  return [...betas].filter((flag) => {
    if (taken?.has(flag) ?? true) return true;
    lose(`anthropic-beta: ${flag}`, 'this host does not know the flag');
    return false;
  });
}

/** An endpoint of the priority tier. */
export const FAST = { speed: 'fast' } as const satisfies JsonObject;

/** Fields that are refused without their flag, whoever asks for them (@ai-sdk/anthropic 3, read 2026-11-24). */
function demanded(fields: JsonObject): string[] {
  const edits = arrayOf(objectOf(fields.context_management).edits).map(objectOf);
  const hasSkills = arrayOf(objectOf(fields.container).skills).length > 0;
  return [
    ...(fields.context_management === undefined ? [] : ['context-management-2025-06-27']),
    ...(edits.some(({ type }) => type === 'compact_20260112') ? ['compact-2026-01-12'] : []),
    ...(fields.speed === 'fast' ? ['fast-mode-2026-02-01'] : []),
    ...(hasSkills ? ['code-execution-2025-08-25', 'skills-2025-10-02'] : []),
    ...(objectOf(fields.output_config).task_budget === undefined ? [] : ['task-budgets-2026-03-13']),
    ...(fields.fallbacks === 'default' ? ['server-side-fallback-2026-07-01'] : []),
  ];
}

/**
 * With a budget, thinking between tool calls has to be asked for; adaptive thinking does it anyway. Bedrock and Vertex
 * refuse the flag for Claude 3 (Anthropic guide to extended thinking, read 2026-11-22).
 */
const thinksBetweenTools = ({ tools }: Call, { thinking }: Thinking, upstreamId: string): boolean =>
  thinking?.type === 'enabled' && tools.length > 0 && !/claude-3/.test(upstreamId);
