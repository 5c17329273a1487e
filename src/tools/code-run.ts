import { fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { CodeRun } from '../facts/code-runner.ts';
import { failure, type ToolOutcome } from './tool.ts';

/** The longest that a run may take, and a little for its end. */
export const CODE_TOOL_MS = 250_000;

/** Why nothing is run, and what to set. */
export const notSetUpFor = (id: string, variable: string) =>
  fault('invalid_request', `Nothing is run here for 'openrouter:${id}': the operator has set no ${variable}.`);

/** How it ended, for the model: an exit code, or why it was ended. */
export const endOf = ({ exitCode, stopped }: CodeRun): JsonObject =>
  stopped === 'timeout'
    ? { timed_out: true }
    : stopped === 'output'
      ? { stopped: `more than ${LIMITS.code_output_bytes_max} bytes were written` }
      : { exit_code: exitCode };

/** Half of what a result may be long, of each stream; the end tells more than the middle. */
const KEPT = LIMITS.server_tool_result_length_max / 4;

export const clipped = (text: string, most = KEPT): string =>
  text.length <= most ? text : `${text.slice(0, most / 2)}\n… (cut here) …\n${text.slice(-most / 2)}`;

/** A run that was none; null = it was one, whatever came of it. */
export const unrun = ({ failure: why }: CodeRun, shown: JsonObject): ToolOutcome | null =>
  why === undefined ? null : failure(why, shown);
