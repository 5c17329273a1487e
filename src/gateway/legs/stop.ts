import type { JsonObject } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { type NanoUsd, nano, usdToNano } from '../../base/money.ts';
import type { Call } from '../../call/call.ts';
import { type Complaints, complain, readNumber, readObjects, readString } from '../../call/read.ts';

/** Where a loop stands after one of its steps. */
export type Progress = {
  readonly steps: number;
  /** Tools that the model has called in this step, by all their names. */
  readonly called: ReadonlySet<string>;
  readonly tokens: number;
  readonly cost: NanoUsd;
  readonly finish: string;
};

/** Is this step the last in which tools may be asked for? What it asked for is done, and one more answer is made. */
export type Stop = (progress: Progress) => boolean;

const CONDITIONS_MAX = 32;

/**
 * What ends the loop of tools that the gateway runs: `stop_server_tools_when`, or `max_tool_calls` where there is none,
 * and never more than `LIMITS.server_tool_steps_max` (spec §1.1).
 */
export function readStop(to: Complaints, { gateway }: Call): Stop {
  const extra = gateway.extra ?? {};
  const most = LIMITS.server_tool_steps_max;
  const conditions = readConditions(to, extra);
  const asked = readNumber(to, extra, 'max_tool_calls', { min: 0, whole: true });
  const steps = conditions.length > 0 ? most : Math.min(asked ?? most, most);
  return (progress) => progress.steps >= steps || conditions.some((condition) => condition(progress));
}

function readConditions(to: Complaints, extra: JsonObject): readonly Stop[] {
  const entries = readObjects(to, extra, 'stop_server_tools_when') ?? [];
  if (entries.length > CONDITIONS_MAX)
    complain(to, 'stop_server_tools_when', `Invalid 'stop_server_tools_when': more than ${CONDITIONS_MAX} conditions.`);
  return entries.slice(0, CONDITIONS_MAX).map((entry, at) => readCondition(to, entry, `stop_server_tools_when[${at}]`));
}

function readCondition(to: Complaints, entry: JsonObject, path: string): Stop {
  const number = (field: string, whole?: true): number => {
    const value = readNumber(to, entry, field, { min: 0, ...(whole && { whole }) }, `${path}.${field}`);
    if (value === undefined) complain(to, `${path}.${field}`, `Missing required parameter: '${path}.${field}'.`);
    return value ?? 0;
  };
  const word = (field: string): string => {
    const value = readString(to, entry, field, `${path}.${field}`);
    if (!value) complain(to, `${path}.${field}`, `Missing required parameter: '${path}.${field}'.`);
    return value ?? '';
  };
  switch (entry.type) {
    case 'step_count_is': {
      const count = number('step_count', true);
      return ({ steps }) => steps >= count;
    }
    case 'has_tool_call': {
      const name = word('tool_name');
      return ({ called }) => called.has(name);
    }
    case 'max_tokens_used': {
      const most = number('max_tokens', true);
      return ({ tokens }) => tokens >= most;
    }
    case 'max_cost': {
      const most = usdToNano(number('max_cost_in_dollars').toFixed(9)) ?? nano(0n);
      return ({ cost }) => cost >= most;
    }
    case 'finish_reason_is': {
      const reason = word('reason');
      return ({ finish }) => finish === reason;
    }
    default:
      complain(to, `${path}.type`, `Invalid value for '${path}.type': ${JSON.stringify(entry.type)?.slice(0, 100)}.`);
      return () => false;
  }
}
