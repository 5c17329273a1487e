import { fault } from '../../base/fault.ts';
import { stringOf } from '../../base/json.ts';
import { NO_MONEY } from '../../base/money.ts';
import { failed, ok } from '../../base/result.ts';
import { readObject, readOneOf } from '../../call/read.ts';
import { CODE_TOOL_MS, clipped, endOf, notSetUpFor, unrun } from '../code-run.ts';
import { failure, type ServerTool } from '../tool.ts';

const VARIABLE = 'SWITCHWRIGHT_SHELL_COMMAND';
type Engine = 'auto' | 'native' | 'openrouter';

/** Runs a bash command in what the operator has set up for it (openrouter:bash of @openrouter/sdk 1.3.19, read 2026-11-29). */
export const bash: ServerTool<Engine> = {
  id: 'bash',
  about: 'Runs a command in the operator’s sandbox. Each use starts afresh: nothing is kept between them.',
  costs: 'nothing',
  fields: [
    {
      name: 'engine',
      type: 'string',
      range: 'openrouter',
      meaning:
        'Must be said: auto and native hand the command to the program, which lists bash as a tool of its own for that.',
    },
    {
      name: 'environment',
      type: 'object',
      range: '{"type": "container_auto"}',
      meaning: 'Containers that are kept and named again do not exist here.',
    },
  ],
  formats: ['messages'],
  lacks: ({ runners }) => (runners.shell ? null : `a command of the operator’s (${VARIABLE})`),
  read: (to, said, path) => {
    const environment = readObject(to, said, 'environment', `${path}.environment`);
    if (environment) readOneOf(to, environment, 'type', ['container_auto'], `${path}.environment.type`);
    return readOneOf(to, said, 'engine', ['auto', 'native', 'openrouter'], `${path}.engine`) ?? 'auto';
  },
  open: (engine, { runners: { shell: run } }) => {
    if (engine !== 'openrouter') return failed(NOT_OURS);
    if (!run) return failed(notSetUpFor('bash', VARIABLE));
    return ok({
      name: 'bash',
      description: 'Runs a shell command in a sandbox. Nothing is kept between uses.',
      parameters: {
        type: 'object',
        properties: { command: { type: 'string', description: 'The command.' } },
        required: ['command'],
      },
      priceMax: NO_MONEY,
      ms: CODE_TOOL_MS,
      run: async (asked, { onCancel }) => {
        const command = stringOf(asked.command);
        if (command.trim() === '') return failure('The argument "command" is missing.');
        const ran = await run(`${command}\n`, { onCancel });
        const stdout = clipped(ran.stdout);
        const stderr = clipped(ran.stderr);
        return (
          unrun(ran, { command }) ?? {
            result: JSON.stringify({ stdout, stderr, ...endOf(ran) }),
            shown: { command, stdout, stderr, exitCode: ran.exitCode ?? 137 },
          }
        );
      },
    });
  },
};

const NOT_OURS = fault(
  'invalid_request',
  "Only with parameters.engine 'openrouter' is a command of 'openrouter:bash' run here; list bash as a tool of your own to run it yourself.",
);
