import { stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { NO_MONEY } from '../../base/money.ts';
import { failed, ok } from '../../base/result.ts';
import { complain, readBoolean, readNumber, readObjects, readStrings } from '../../call/read.ts';
import type { Tool } from '../../call/tool.ts';
import {
  type AskedOptions,
  askedCall,
  readAsked,
  readNestedTools,
  readTitle,
  textOfReply,
  userMessage,
} from '../asked-chat.ts';
import { failure, type ServerTool, TOO_DEEP } from '../tool.ts';

type Options = AskedOptions & {
  readonly title: string;
  readonly tools: readonly Tool[];
  readonly maxToolCalls: number;
};

/** As many as the contract allows. */
const STEPS_MAX = 25;
const TASK_NAME_LENGTH_MAX = 200;

/** Hands a task to another model, with tools of its own (openrouter:subagent of @openrouter/sdk 1.3.19, read 2026-11-29). */
export const subagent: ServerTool<Options> = {
  id: 'subagent',
  about: 'Lets the model hand a task to another one, usually a cheaper one, which may have tools of the gateway.',
  costs: 'what the worker’s model and its tools take; at most 64 models are asked within a request',
  fields: [
    {
      name: 'model',
      type: 'string',
      otherwise: 'the model of the request',
      meaning: 'Who does the task.',
    },
    {
      name: 'name',
      type: 'string',
      range: '≤ 64 letters, digits, spaces, underscores, dashes',
      meaning: 'Tells several workers apart; each is a tool of its own.',
    },
    {
      name: 'instructions',
      type: 'string',
      range: '≤ 100,000',
      otherwise: 'none',
      meaning: 'What the worker is told beforehand.',
    },
    {
      name: 'tools',
      type: 'object[]',
      range: 'tools of the gateway',
      otherwise: 'none',
      meaning: 'What the worker may use; not the tool itself.',
    },
    {
      name: 'max_tool_calls',
      type: 'integer',
      range: '1–25',
      otherwise: '25',
      meaning: 'How often the worker may ask for tools.',
    },
    {
      name: 'max_completion_tokens',
      type: 'integer',
      range: '≥ 1',
      meaning: 'How much it may write.',
    },
    {
      name: 'reasoning',
      type: 'object',
      range: 'effort, max_tokens',
      meaning: 'How hard it is to think.',
    },
    {
      name: 'temperature',
      type: 'number',
      range: '0–2',
      meaning: 'Sampling of the worker.',
    },
  ],
  nameOf: ({ title }) => title,
  nested: ({ tools }) => tools,
  read: (to, said, path) => {
    const inherits = readBoolean(to, said, 'inherit_functions', `${path}.inherit_functions`);
    const names = readStrings(to, said, 'inherited_function_names', `${path}.inherited_function_names`);
    if (inherits || names?.length)
      complain(
        to,
        path,
        `Invalid '${path}': functions of the caller's are not inherited here; list tools of the gateway.`,
      );
    return {
      ...readAsked(to, said, path),
      title: readTitle(to, said, path),
      tools: readNestedTools(to, readObjects(to, said, 'tools', `${path}.tools`) ?? [], 'subagent', `${path}.tools`),
      maxToolCalls:
        readNumber(to, said, 'max_tool_calls', { min: 1, max: STEPS_MAX, whole: true }, `${path}.max_tool_calls`) ??
        STEPS_MAX,
    };
  },
  open: (options, { depth }, instance) => {
    if (depth >= LIMITS.asks_depth_max) return failed(TOO_DEEP);
    const { title } = options;
    const named = title === '' ? '' : ` This one is called "${title}".`;
    const instanceName = `openrouter_subagent__${instance}`;
    return ok({
      name: instance === 0 ? 'subagent' : instanceName,
      description: `Hands a self-contained task to a worker, another model, and returns its outcome.${named} It sees nothing but the task.`,
      parameters: {
        type: 'object',
        properties: {
          task_name: { type: 'string', description: 'A short name for the task.' },
          task_description: { type: 'string', description: 'The task, with all that the worker needs to know.' },
        },
        required: ['task_description'],
      },
      priceMax: NO_MONEY,
      ms: LIMITS.asking_tool_ms,
      run: async (asked, { call, ask }) => {
        const task = stringOf(asked.task_description).trim();
        const shown = {
          task_name: stringOf(asked.task_name).slice(0, TASK_NAME_LENGTH_MAX),
          task_description: task,
          ...(title !== '' && { name: title }),
          ...(instance > 0 && { instance_name: instanceName }),
        };
        if (task === '') return failure('The argument "task_description" is missing.', shown);
        const answered = await ask('chat', askedCall({ ...options, outer: call, messages: [userMessage(task)] }));
        if (!answered.ok) return failure(`The task was not done: ${answered.error.message}`, shown);
        const { reply, model } = answered.value;
        const outcome = textOfReply(reply);
        if (outcome === '') return failure('The worker said nothing.', { ...shown, model });
        return { result: JSON.stringify({ outcome, model }), shown: { ...shown, model, outcome }, by: model };
      },
    });
  },
};
