import type { Call } from '../../../call/call.ts';
import type { Tool, ToolChoice } from '../../../call/tool.ts';
import { lose, nativeFieldsOf, type Writer } from './messages.ts';

/**
 * The call with tools and a choice among them that the host takes together with thinking. A choice without tools says
 * nothing and is refused ("tool_choice is only allowed when tools are specified"), so it goes. Where thinking and a
 * forced tool exclude each other the tool wins, because programs rely on it: the thinking is turned off, or where it
 * cannot be, the one tool is all that is offered.
 */
export function fitToolChoice(writer: Writer, call: Call): Call {
  const choice = call.toolChoice;
  if (choice === undefined) return call;
  if (call.tools.length === 0) {
    if (isForced(choice)) lose(writer, 'tool_choice', 'there are no tools to choose from');
    return withoutChoice(call);
  }
  if (writer.has('automatic-tool-choice')) return automatic(writer, call, choice);
  if (!isForced(choice) || !writer.has('unforced-while-thinking') || !thinks(writer, call)) return call;
  if (writer.target.endpoint.reasoning?.mandatory) return automatic(writer, call, choice);
  if (call.reasoning) lose(writer, 'reasoning', 'the provider forces no tool while it thinks');
  return { ...call, reasoning: { ...shownOnly(call.reasoning), effort: 'none' } };
}

/** Only `auto` is taken: a forbidden call is one without tools, a named tool is the only one offered. */
function automatic(writer: Writer, call: Call, choice: ToolChoice): Call {
  if (choice.type === 'none') return { ...withoutChoice(call), tools: [] };
  if (!isForced(choice)) return call;
  lose(writer, 'tool_choice', 'the provider leaves it to the model whether a tool is called');
  const tools = choice.type === 'function' ? call.tools.filter((tool) => isNamed(tool, choice.name)) : call.tools;
  return { ...call, tools: tools.length > 0 ? tools : call.tools, toolChoice: { type: 'auto' } };
}

const isNamed = (tool: Tool, name: string): boolean => tool.type === 'function' && tool.name === name;

const isForced = ({ type }: ToolChoice): boolean => type === 'required' || type === 'function';

function withoutChoice({ toolChoice: _, ...call }: Call): Call {
  return call;
}

/** Models of these hosts think unless told not to, in our words or in the host's own. */
function thinks({ target: { endpoint } }: Writer, { reasoning, native }: Call): boolean {
  const { thinking, enable_thinking: enabled } = nativeFieldsOf(native);
  const isOff = reasoning?.effort === 'none' || reasoning?.enabled === false || reasoning?.budgetTokens === 0;
  const isOffThere = enabled === false || (thinking as { type?: unknown } | undefined)?.type === 'disabled';
  return endpoint.reasoning !== null && !isOff && !(isOffThere && reasoning === undefined);
}

const shownOnly = (reasoning: Call['reasoning']): Pick<NonNullable<Call['reasoning']>, 'exclude'> =>
  reasoning?.exclude === undefined ? {} : { exclude: reasoning.exclude };
