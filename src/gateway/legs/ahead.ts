import { type Fault, fault } from '../../base/fault.ts';
import { LIMITS } from '../../base/limits.ts';
import { nano } from '../../base/money.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import type { AheadDone } from '../../plugins/plugin.ts';
import { rescreened } from '../guard/prompt.ts';
import { askFor, giveUp, newAsker } from './ask.ts';
import type { State, Work } from './state.ts';

/** What plugins do before the first exchange, one after the other; gives the call as it goes on, or why it does not. */
export async function workAhead(state: State): Promise<Result<Call, Fault>> {
  let { call } = state;
  for (const ask of state.works) {
    const work = ask(call);
    if (!work) continue;
    const done = await workOne(state, work);
    if (!done.ok) return done;
    call = done.value.call;
  }
  const { watch } = state.context.request;
  if (!watch || call === state.call) return ok(call);
  const { world } = state.context.gateway;
  return rescreened(watch, state.call, call, (task) => void world.after(0, task));
}

async function workOne(state: State, { id, ahead }: Work): Promise<Result<AheadDone, Fault>> {
  const { world } = state.context.gateway;
  const { purse, cancels } = state;
  if (!(await purse.reserve(ahead.priceMax)))
    return failed(fault('payment_required', `What is left of the credit does not pay for the plugin ${id}.`));
  const begunAt = world.elapsed();
  const asker = newAsker(id);
  const cancel = (): void => giveUp(asker);
  cancels.add(cancel);
  try {
    const done = await new Promise<Result<AheadDone, Fault>>((resolve, reject) => {
      const { ms = LIMITS.plugin_ms } = ahead;
      const late = fault('upstream_timeout', `The plugin ${id} did not finish within ${ms} ms.`);
      const stop = world.after(ms, () => {
        cancel();
        resolve(failed(late));
      });
      const work = ahead.run((give) => asker.gives.add(give), askFor(state, asker));
      work.finally(stop).then(resolve, reject);
    });
    if (done.ok) keep(state, id, done.value, Math.round(world.elapsed() - begunAt));
    return done;
  } finally {
    purse.free(ahead.priceMax);
    cancels.delete(cancel);
  }
}

function keep(state: State, id: string, { cost, pages, by, counts, note }: AheadDone, ms: number): void {
  state.purse.spend(cost);
  state.toolCost = nano(state.toolCost + cost);
  state.pages.push(...pages);
  if (counts === 'search') state.use = { ...state.use, searches: state.use.searches + 1 };
  state.legs.push({
    purpose: 'plugin',
    name: id,
    ...(by !== undefined && { by }),
    cost,
    ms,
    ...(note !== undefined && { note }),
  });
}
