import { arrayOf, type JsonObject } from '../../base/json.ts';
import { NO_MONEY } from '../../base/money.ts';
import { failed, ok } from '../../base/result.ts';
import { readObject, readOneOf } from '../../call/read.ts';
import type { CodeRun } from '../../facts/code-runner.ts';
import { CODE_TOOL_MS, clipped, endOf, notSetUpFor, unrun } from '../code-run.ts';
import { failure, type ServerTool } from '../tool.ts';

const VARIABLE = 'SWITCHWRIGHT_SHELL_COMMAND';
const COMMANDS_MAX = 50;

/** Runs shell commands in what the operator has set up for it (openrouter:shell of @openrouter/sdk 1.3.19, read 2026-11-29). */
export const shell: ServerTool<null> = {
  id: 'shell',
  about: 'Runs shell commands in the operator’s sandbox. Each use starts afresh: nothing is kept between them.',
  costs: 'nothing',
  fields: [
    {
      name: 'engine',
      type: 'string',
      range: 'auto, openrouter',
      otherwise: 'auto',
      meaning: 'The sandbox of the gateway runs it.',
    },
    {
      name: 'environment',
      type: 'object',
      range: '{"type": "container_auto"}',
      meaning: 'Containers that are kept and named again do not exist here.',
    },
  ],
  formats: ['responses', 'messages'],
  lacks: ({ runners }) => (runners.shell ? null : `a command of the operator’s (${VARIABLE})`),
  read: (to, said, path) => {
    readOneOf(to, said, 'engine', ['auto', 'openrouter'], `${path}.engine`);
    const environment = readObject(to, said, 'environment', `${path}.environment`);
    if (environment) readOneOf(to, environment, 'type', ['container_auto'], `${path}.environment.type`);
    return null;
  },
  open: (_, { runners: { shell: run } }) => {
    if (!run) return failed(notSetUpFor('shell', VARIABLE));
    return ok({
      name: 'shell',
      description: 'Runs shell commands in a sandbox, one after the other as one script. Nothing is kept between uses.',
      parameters: {
        type: 'object',
        properties: {
          commands: { type: 'array', items: { type: 'string' }, description: 'The commands.' },
          timeout_ms: { type: 'integer', description: 'How long they may take together.' },
          max_output_length: { type: 'integer', description: 'How many characters of output to return at most.' },
        },
        required: ['commands'],
      },
      priceMax: NO_MONEY,
      ms: CODE_TOOL_MS,
      run: async (asked, { onCancel }) => {
        const commands = arrayOf(asked.commands).filter((one) => typeof one === 'string');
        const timeout = positive(asked.timeout_ms);
        const most = positive(asked.max_output_length);
        const action = {
          commands,
          ...(timeout !== undefined && { timeout_ms: timeout }),
          ...(most !== undefined && { max_output_length: most }),
        };
        if (commands.length === 0 || commands.length > COMMANDS_MAX)
          return failure(`The argument "commands" takes 1 to ${COMMANDS_MAX} commands.`, { action });
        const ran = await run(`${commands.join('\n')}\n`, {
          onCancel,
          ...(timeout !== undefined && { timeoutMs: timeout }),
        });
        return unrun(ran, { action }) ?? told(ran, action, most);
      },
    });
  },
};

const positive = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;

function told(ran: CodeRun, action: JsonObject, most: number | undefined) {
  const stdout = clipped(ran.stdout, most);
  const stderr = clipped(ran.stderr, most);
  const outcome = ran.stopped === 'timeout' ? { type: 'timeout' } : { type: 'exit', exit_code: ran.exitCode ?? 137 };
  return {
    result: JSON.stringify({ stdout, stderr, ...endOf(ran) }),
    shown: { action, output: [{ stdout, stderr, outcome }] },
  };
}
