import type { JsonObject } from '../../../base/json.ts';
import { type Call, EFFORTS, type OutputFormat } from '../../../call/call.ts';
import { type Complaints, complain, readNumber, readObject, readOneOf } from '../../../call/read.ts';
import { DIALECT, leftover } from '../words.ts';

type Steered = Pick<Call, 'reasoning' | 'verbosity' | 'output'> & {
  /** What of `thinking` and `output_config` is not modelled. */
  readonly native: JsonObject;
};

/**
 * `thinking` and `output_config`. An effort steers reasoning where thinking is on; alone it steers how much is written,
 * which is `verbosity`. `adaptive` is kept by name, for endpoints that choose their own depth.
 */
export function readSteering(to: Complaints, body: JsonObject): Steered {
  const thinking = readObject(to, body, 'thinking');
  const config = readObject(to, body, 'output_config') ?? {};
  const effort = readOneOf(to, config, 'effort', EFFORTS, 'output_config.effort');
  const on = thinking !== undefined && thinking.type !== 'disabled';
  const rest = thinking
    ? leftover(thinking, thinking.type === 'enabled' ? ['type', 'budget_tokens'] : ['budget_tokens'])
    : {};
  const beside = leftover(config, ['effort', 'format']);
  return {
    ...readReasoning(to, thinking, on ? effort : undefined),
    ...(effort !== undefined && !on && { verbosity: effort }),
    output: readOutput(
      to,
      readObject(to, config, 'format', 'output_config.format') ?? readObject(to, body, 'output_format'),
    ),
    native: {
      ...(on && Object.keys(rest).length > 0 && { thinking: rest }),
      ...(Object.keys(beside).length > 0 && { output_config: beside }),
    },
  };
}

function readReasoning(
  to: Complaints,
  thinking: JsonObject | undefined,
  effort: (typeof EFFORTS)[number] | undefined,
): Pick<Call, 'reasoning'> {
  if (!thinking) return {};
  if (typeof thinking.type !== 'string') complain(to, 'thinking.type', "Missing 'thinking.type'.");
  if (thinking.type === 'disabled') return { reasoning: { enabled: false } };
  const budgetTokens = readNumber(to, thinking, 'budget_tokens', { min: 1, whole: true }, 'thinking.budget_tokens');
  return {
    reasoning: {
      enabled: true,
      ...(budgetTokens !== undefined && { budgetTokens }),
      ...(effort !== undefined && { effort }),
    },
  };
}

function readOutput(to: Complaints, format: JsonObject | undefined): OutputFormat {
  if (!format) return { type: 'text' };
  if (format.type !== 'json_schema') return { type: 'native', dialect: DIALECT, value: format };
  const schema = readObject(to, format, 'schema', 'output_config.format.schema');
  if (!schema) complain(to, 'output_config.format.schema', "Missing 'output_config.format.schema'.");
  // This dialect names no schema; others demand a name.
  return { type: 'json-schema', name: 'answer', schema: schema ?? {}, strict: true };
}
