import { stringOf } from '../../base/json.ts';
import { NO_MONEY } from '../../base/money.ts';
import { failed, ok } from '../../base/result.ts';
import { CODE_TOOL_MS, clipped, endOf, notSetUpFor, unrun } from '../code-run.ts';
import { failure, type ServerTool } from '../tool.ts';

const VARIABLE = 'SWITCHWRIGHT_CODE_COMMAND';

/** Runs Python in what the operator has set up for it; its item is the contract's (OutputCodeInterpreterServerToolItem of @openrouter/sdk 1.3.19). */
export const codeInterpreter: ServerTool<null> = {
  id: 'code_interpreter',
  about: 'Runs Python in the operator’s sandbox. Each use starts afresh: nothing is kept between them.',
  costs: 'nothing',
  fields: [],
  lacks: ({ runners }) => (runners.code ? null : `a command of the operator’s (${VARIABLE})`),
  read: () => null,
  open: (_, { runners: { code: run } }) => {
    if (!run) return failed(notSetUpFor('code_interpreter', VARIABLE));
    return ok({
      name: 'code_interpreter',
      description: 'Runs Python code in a sandbox and returns what it prints. Nothing is kept between uses.',
      parameters: {
        type: 'object',
        properties: { code: { type: 'string', description: 'The program. What is to be seen has to be printed.' } },
        required: ['code'],
      },
      priceMax: NO_MONEY,
      ms: CODE_TOOL_MS,
      run: async (asked, { onCancel }) => {
        const code = stringOf(asked.code);
        const shown = { code, language: 'python' };
        if (code.trim() === '') return failure('The argument "code" is missing.', shown);
        const ran = await run(code, { onCancel });
        const stdout = clipped(ran.stdout);
        const stderr = clipped(ran.stderr);
        return (
          unrun(ran, shown) ?? {
            result: JSON.stringify({ stdout, stderr, ...endOf(ran) }),
            shown: { ...shown, stdout, stderr, exitCode: ran.exitCode ?? 137 },
          }
        );
      },
    });
  },
};
