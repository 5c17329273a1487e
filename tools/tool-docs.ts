import { fault } from '../src/base/fault.ts';
import { formatUsd } from '../src/base/money.ts';
import { failed } from '../src/base/result.ts';
import { NO_RUNNERS } from '../src/facts/code-runner.ts';
import { SERVER_TOOLS } from '../src/tools/registry.ts';
import type { ServerTool, SetUp } from '../src/tools/tool.ts';

/** Nothing is set up. */
const BARE: SetUp = {
  runners: NO_RUNNERS,
  search: {
    engines: [],
    engineFor: () => failed(fault('invalid_request', '')),
    run: () => Promise.resolve(failed({ message: '' })),
  },
};

const cell = (text: string): string => text.replaceAll('|', '\\|');

function section(tool: ServerTool): string {
  const { id, about, costs, fields, formats, spellings = {}, engines } = tool;
  const rows = fields.map(
    ({ name, type, range = '', otherwise = '', meaning }) =>
      `| \`${name}\` | ${type} | ${cell(range)} | ${cell(otherwise)} | ${cell(meaning)} |`,
  );
  const lacking = tool.lacks?.(BARE) ?? null;
  const others = Object.entries(spellings).flatMap(([format, words]) =>
    words.length > 0 ? [`${words.map((word) => `\`${word}\``).join(', ')} (${format})`] : [],
  );
  const prices = engines?.(BARE).map(({ id: engine, price }) => `${engine} $${formatUsd(price)}`) ?? [];
  return [
    `## \`openrouter:${id}\``,
    about,
    ...(formats ? [`In these formats alone: ${formats.join(', ')}.`] : []),
    ...(lacking === null ? [] : [`It needs ${lacking}.`]),
    `Costs ${costs}.`,
    ...(prices.length > 0 ? [`Engines, and what a use of five results costs at most: ${prices.join(', ')}.`] : []),
    ...(others.length > 0 ? [`Also asked for by ${others.join('; ')}.`] : []),
    ...(rows.length > 0
      ? [['| Parameter | Type | Range | Otherwise | Meaning |', '| --- | --- | --- | --- | --- |', ...rows].join('\n')]
      : ['No parameters.']),
  ].join('\n\n');
}

/** The tools that the gateway runs, one after the other. */
export const toolDocument = (note: string): string => `# Server tools

${note}
Tools that the gateway runs for a model, whatever model it is: list them beside your own functions as \`{"type": "openrouter:web_search", "parameters": {…}}\`, in chats, in the Responses API and in Messages. The model asks for them, the gateway runs them and asks the model again, up to 30 times (\`max_tool_calls\`, \`stop_server_tools_when\`); the client sees one answer. A host that runs a tool itself gets it in its own words.

What they cost is part of the call's cost (\`cost_details.server_tool_cost\`), set aside before it is spent; each use and each model that was asked is a step on the receipt (\`legs\`). How many were asked for and ran stands in \`usage.server_tool_use_details\` (chats, Responses) and \`usage.server_tool_use\` (Messages). Chats show a use as an entry \`reasoning.server_tool_call\` of \`reasoning_details\`, the Responses API as an item \`openrouter:<name>\`, Messages as \`server_tool_use\` and a block of its result.

What a tool finds is data: it goes to the model as a tool's result, read by guardrails before that, and a page that gives orders may still be obeyed by a model. Tools reach the public internet alone. Other models that a tool asks are bound by the call's \`ignore\`, \`zdr\` and \`data_collection\`; \`only\` and \`order\` are of its own model. \`GET /tools\` tells what is set up here.

${SERVER_TOOLS.map(section).join('\n\n')}
`;
