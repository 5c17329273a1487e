import { isObject, parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { NO_MONEY } from '../../base/money.ts';
import type { Call } from '../../call/call.ts';
import type { ToolCallPart } from '../../call/message.ts';
import type { ServerToolCall } from '../../call/server-tool.ts';
import type { Ask } from '../../facts/asking.ts';
import { failure, type ToolOutcome } from '../../tools/tool.ts';
import type { Gateway } from '../gateway.ts';
import { screenFound } from '../guard/prompt.ts';
import type { Watch } from '../guard/watch.ts';
import { type Asker, giveUp, newAsker } from './ask.ts';
import type { Purse } from './money.ts';
import type { Offered } from './offered.ts';

/** One use of a tool, and what came of it. */
export type Use = {
  readonly part: ToolCallPart;
  readonly offered: Offered;
  readonly outcome: ToolOutcome;
  readonly ms: number;
};

export type ToolRunning = {
  readonly gateway: Gateway;
  readonly purse: Purse;
  readonly offered: readonly Offered[];
  /** Characters of results that the call may still take. */
  readonly room: number;
  /** The call as its model has it, and asking other models on its behalf. */
  readonly asking: { readonly call: Call; readonly ask: (asker: Asker) => Ask };
  /** What guardrails find in texts; absent = none reads them. */
  readonly watch: Watch | undefined;
  /** What gives work up that is under way. */
  readonly cancels: Set<() => void>;
  readonly tell: (call: ServerToolCall) => void;
};

/**
 * Runs what a model asked for in one step, side by side. Never rejects: whatever goes wrong is told to the model in words.
 */
export async function runTools(calls: readonly ToolCallPart[], running: ToolRunning): Promise<readonly Use[]> {
  const { offered, tell } = running;
  const known = calls.flatMap((part) => {
    const one = offered.find(({ name }) => name === part.name);
    return one ? [{ part, offered: one }] : [];
  });
  for (const { part, offered: one } of known)
    tell({ ...told(part, one), status: 'in_progress', result: '', shown: {} });
  let { room } = running;
  const uses = known.map(async ({ part, offered: one }, at): Promise<Use> => {
    const begunAt = running.gateway.world.elapsed();
    const found = at < LIMITS.server_tools_each_max ? await runOne(part, one, running) : TOO_MANY;
    const outcome = bounded(await screened(found, running), room);
    room -= outcome.result.length;
    tell({ ...told(part, one), ...shownOf(outcome) });
    return { part, offered: one, outcome, ms: Math.round(running.gateway.world.elapsed() - begunAt) };
  });
  return Promise.all(uses);
}

const TOO_MANY = failure(
  `More than ${LIMITS.server_tools_each_max} tools were asked for at once. Ask again for fewer.`,
);

const told = (part: ToolCallPart, { tool }: Offered) => ({ id: part.id, tool: tool.id, arguments: part.arguments });

const shownOf = ({ isFailed, result, shown, pages, image }: ToolOutcome) => ({
  status: isFailed ? ('failed' as const) : ('completed' as const),
  result,
  shown,
  ...(pages && { pages }),
  ...(image && { image }),
});

/** A result has a length, and all of a call's together. */
function bounded(outcome: ToolOutcome, room: number): ToolOutcome {
  const most = LIMITS.server_tool_result_length_max;
  const cut =
    outcome.result.length > most ? { ...outcome, result: `${outcome.result.slice(0, most)}… (cut here)` } : outcome;
  if (cut.result.length <= room) return cut;
  return {
    ...failure('The results of this request are too long together.', outcome.shown),
    cost: outcome.cost ?? NO_MONEY,
  };
}

/** What guardrails do not let a model read is withheld from it, and from the client. */
async function screened(outcome: ToolOutcome, { gateway, watch }: ToolRunning): Promise<ToolOutcome> {
  if (!watch?.screens.user) return outcome;
  const read = await screenFound(watch, outcome.result, (task) => void gateway.world.after(0, task));
  if (read.ok) return read.value === outcome.result ? outcome : { ...outcome, result: read.value };
  const withheld = failure(`What the tool found is withheld: ${read.error.message}.`);
  const { cost, counts, by } = outcome;
  return {
    ...withheld,
    ...(cost !== undefined && { cost }),
    ...(counts && { counts }),
    ...(by !== undefined && { by }),
  };
}

async function runOne(part: ToolCallPart, { open, tool }: Offered, running: ToolRunning): Promise<ToolOutcome> {
  const { gateway, purse, cancels } = running;
  const text = part.arguments.trim();
  const asked =
    text.length > LIMITS.server_tool_arguments_length_max ? undefined : parseJson(text === '' ? '{}' : text);
  if (!isObject(asked)) return failure('The arguments are no JSON object, or too long.');
  const { priceMax, ms = LIMITS.server_tool_ms } = open;
  if (!(await purse.reserve(priceMax))) return failure('What is left of the credit does not pay for this tool.');
  const asker = newAsker(tool.id);
  const cancel = (): void => giveUp(asker);
  cancels.add(cancel);
  try {
    const outcome = await new Promise<ToolOutcome>((resolve, reject) => {
      const stop = gateway.world.after(ms, () => {
        cancel();
        resolve(failure(`The tool did not finish within ${ms} ms.`));
      });
      const { call, ask } = running.asking;
      const onCancel = (give: () => void): unknown => asker.gives.add(give);
      const work = Promise.resolve(open.run(asked, { onCancel, call, ask: ask(asker) }));
      work.finally(stop).then(resolve, reject);
    });
    purse.spend(outcome.cost ?? NO_MONEY);
    return outcome;
  } catch (cause) {
    gateway.log(`the tool ${open.name} failed`, cause);
    return failure('The tool failed.');
  } finally {
    purse.free(priceMax);
    cancels.delete(cancel);
  }
}
