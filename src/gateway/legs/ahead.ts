import { type Fault, fault } from '../../base/fault.ts';
import { LIMITS } from '../../base/limits.ts';
import { nano } from '../../base/money.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import type { AheadDone } from '../../plugins/plugin.ts';
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
  return ok(call);
}

async function workOne(state: State, { id, ahead }: Work): Promise<Result<AheadDone, Fault>> {
  const { world } = state.context.gateway;
  const { purse, cancels } = state;
  if (!(await purse.reserve(ahead.priceMax)))
    return failed(fault('payment_required', `What is left of the credit does not pay for the plugin ${id}.`));
  const begunAt = world.elapsed();
  let give: (() => void) | null = null;
  const cancel = (): void => give?.();
  cancels.add(cancel);
  try {
    const done = await new Promise<Result<AheadDone, Fault>>((resolve, reject) => {
      const late = fault('upstream_timeout', `The plugin ${id} did not finish within ${LIMITS.plugin_ms} ms.`);
      const stop = world.after(LIMITS.plugin_ms, () => {
        cancel();
        resolve(failed(late));
      });
      const work = ahead.run((cancelWork) => {
        give = cancelWork;
      });
      work.finally(stop).then(resolve, reject);
    });
    if (done.ok) keep(state, id, done.value, Math.round(world.elapsed() - begunAt));
    return done;
  } finally {
    purse.free(ahead.priceMax);
    cancels.delete(cancel);
  }
}

function keep(state: State, id: string, { cost, pages, by }: AheadDone, ms: number): void {
  state.purse.spend(cost);
  state.toolCost = nano(state.toolCost + cost);
  state.pages.push(...pages);
  if (by !== undefined) state.use = { ...state.use, searches: state.use.searches + 1 };
  state.legs.push({ purpose: 'plugin', name: id, ...(by !== undefined && { by }), cost, ms });
}
