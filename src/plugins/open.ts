import type { Fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Call } from '../call/call.ts';
import { type Complaints, complain, newComplaints, readBoolean } from '../call/read.ts';
import type { Hooks, Plugin, PluginMeans } from './plugin.ts';
import { PLUGINS } from './registry.ts';

/** A plugin that a call is worked on by. */
export type OpenPlugin = { readonly id: string; readonly hooks: Hooks };

const NONE: readonly OpenPlugin[] = [];

/** Does a call say anything that some plugin might hear? Most do not: looked at in every call. */
export const mayUsePlugins = ({ gateway, model, models }: Call): boolean =>
  gateway.plugins !== undefined ||
  gateway.extra?.transforms !== undefined ||
  model?.includes(':online') === true ||
  (models.length > 0 && models.some((name) => name.includes(':online')));

/**
 * The plugins of a call, opened, in the order of their hooks: those that it names, and those that it implies unless it
 * turns them off. Of two entries with one id the last counts. A field that is wrong is a fault with its path.
 */
export function openPlugins(
  call: Call,
  means: PluginMeans,
  known: readonly Plugin[] = PLUGINS,
): Result<readonly OpenPlugin[], Fault> {
  const opened: OpenPlugin[] = [];
  const to = newComplaints();
  const named = namedBy(call);
  for (const plugin of known) {
    const entry = named.get(plugin.id) ?? { value: plugin.implied?.(call), path: 'plugins' };
    if (!entry.value) continue;
    const { id: _, enabled: __, ...fields } = entry.value;
    const isOn = readBoolean(to, entry.value, 'enabled', `${entry.path}.enabled`) !== false;
    const options = plugin.read(to, fields, entry.path);
    if (isOn && !to.first) opened.push({ id: plugin.id, hooks: plugin.open(options, means) });
  }
  if (to.first) return failed(to.first);
  return ok(opened.length > 0 ? opened : NONE);
}

/** The call with the plugins that would let it be planned where it cannot be without them; null = none would. */
export function rescuedBy(
  call: Call,
  obstacle: Fault,
  means: PluginMeans,
  known: readonly Plugin[] = PLUGINS,
): Call | null {
  const named = namedBy(call);
  const added: JsonObject[] = [];
  for (const plugin of known) {
    const entry = named.has(plugin.id) ? undefined : plugin.rescues?.(call, obstacle, means);
    if (entry) added.push(entry);
  }
  if (added.length === 0) return null;
  return { ...call, gateway: { ...call.gateway, plugins: [...(call.gateway.plugins ?? []), ...added] } };
}

type Entry = { readonly value: JsonObject | undefined; readonly path: string };

const namedBy = ({ gateway }: Call): ReadonlyMap<string, Entry> =>
  new Map((gateway.plugins ?? []).map((value, at) => [String(value.id), { value, path: `plugins[${at}]` }]));

/** The call without the entries of plugins that are done here, which nobody after us is to do again. */
export function withoutDone(call: Call, known: readonly Plugin[] = PLUGINS): Call {
  const { plugins } = call.gateway;
  const isDone = ({ id }: JsonObject): boolean => known.some((plugin) => plugin.id === id && !plugin.staysInCall);
  if (!plugins?.some(isDone)) return call;
  const { plugins: _, ...gateway } = call.gateway;
  const left = plugins.filter((entry) => !isDone(entry));
  return { ...call, gateway: left.length > 0 ? { ...gateway, plugins: left } : gateway };
}

/** For plugins that refuse fields they do not know. */
export function refuseOthers(to: Complaints, entry: JsonObject, known: readonly string[], path: string): void {
  const unknown = Object.keys(entry).find((field) => !known.includes(field));
  if (unknown !== undefined) complain(to, path, `Unrecognized key(s) in object: '${unknown.slice(0, 100)}'`);
}
