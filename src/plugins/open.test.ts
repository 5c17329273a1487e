import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import { readNumber } from '../call/read.ts';
import { openPlugins, refuseOthers, withoutDone } from './open.ts';
import type { Plugin, PluginMeans } from './plugin.ts';

const asking = (plugins: readonly JsonObject[], extra?: JsonObject): Call =>
  ({ model: 'a/b', models: [], messages: [], tools: [], gateway: { plugins, ...(extra && { extra }) } }) as never;
const MEANS = {} as PluginMeans;

/** Takes a number `size`, and is implied by the transform of its name. */
const plugin = (id: string): Plugin<number> => ({
  id,
  read: (to, entry, path) => {
    refuseOthers(to, entry, ['size'], path);
    return readNumber(to, entry, 'size', { max: 9 }, `${path}.size`) ?? 1;
  },
  implied: ({ gateway }) =>
    (gateway.extra?.transforms as readonly string[] | undefined)?.includes(id) ? { id } : undefined,
  open: (size) => ({ fits: (tokens) => tokens / size }),
});
const KNOWN: readonly Plugin[] = [plugin('first'), plugin('second')] as never;

const opened = (plugins: readonly JsonObject[], extra?: JsonObject) => {
  const result = openPlugins(asking(plugins, extra), MEANS, KNOWN);
  return result.ok ? result.value.map(({ id, hooks }) => [id, hooks.fits?.(12)]) : result.error;
};

test('plugins come in the order of the registry, whatever the order in which they are named', () => {
  assert.deepEqual(opened([{ id: 'second', size: 4 }, { id: 'first' }]), [
    ['first', 12],
    ['second', 3],
  ]);
});

test('what is turned off, and what nobody knows, is not opened', () => {
  assert.deepEqual(opened([{ id: 'first', enabled: false }, { id: 'third' }]), []);
});

test('a call may imply a plugin, and turn off what it implies', () => {
  assert.deepEqual(opened([], { transforms: ['second'] }), [['second', 12]]);
  assert.deepEqual(opened([{ id: 'second', enabled: false }], { transforms: ['second'] }), []);
});

test('of two entries the last counts', () => {
  assert.deepEqual(
    opened([
      { id: 'first', size: 2 },
      { id: 'first', size: 3 },
    ]),
    [['first', 4]],
  );
});

test('a wrong field is told with its path, in an entry that is turned off too', () => {
  const at = (entry: JsonObject) => (opened([{ id: 'x' }, entry]) as { readonly param?: string }).param;
  assert.equal(at({ id: 'first', size: 'large' }), 'plugins[1].size');
  assert.equal(at({ id: 'first', size: 10, enabled: false }), 'plugins[1].size');
  assert.equal(at({ id: 'first', enabled: 'yes' }), 'plugins[1].enabled');
  assert.equal(at({ id: 'first', sizes: 1 }), 'plugins[1]');
});

test('nobody after us is told of a plugin that is done here', () => {
  const left = withoutDone(asking([{ id: 'first' }, { id: 'third' }, { id: 'second' }]), KNOWN);
  assert.deepEqual(left.gateway.plugins, [{ id: 'third' }]);
  assert.deepEqual(withoutDone(asking([{ id: 'first' }]), KNOWN).gateway, {});
  const call = asking([{ id: 'third' }]);
  assert.equal(withoutDone(call, KNOWN), call);
});
