/** Laws of presets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPresets, type Presets } from '../../presets/presets.ts';
import { newSecret } from '../open.ts';
import type { Bench } from './bench.ts';

const SAID = { dialect: 'openai-chat', config: { temperature: 0.5 }, systemPrompt: 'Kind, with 𝄞.' };
const PAGE = { offset: 0, limit: 100 };

export function presetLaws(bench: Bench): void {
  const open = (): Presets => openPresets({ store: bench.storage.presetStore, world: bench.world, newSecret });
  const workspaceOf = (name: string): string => `${name}-${bench.world.newId('w')}`;
  const made = async (presets: Presets, workspaceId: string, slug: string, temperature = 0.5) => {
    const of = { accountId: 'owner', workspaceId, slug, creatorId: 'owner' };
    const kept = await presets.capture(of, { ...SAID, config: { temperature } });
    assert.ok(typeof kept === 'object', String(kept));
    return kept;
  };

  test('a preset keeps every version, and calls have the designated one', async () => {
    const presets = open();
    const workspaceId = workspaceOf('versions');
    assert.equal(await presets.look(workspaceId, 'clerk'), null);
    const first = await made(presets, workspaceId, 'clerk', 0.1);
    const second = await made(presets, workspaceId, 'clerk', 0.2);
    assert.deepEqual([first.version.version, second.version.version], [1, 2]);
    const designated = async () => (await presets.look(workspaceId, 'clerk'))?.version;
    assert.deepEqual(await designated(), second.version);
    assert.equal(await presets.change(second.preset, { designatedVersionId: first.version.id, name: 'Clerk' }), true);
    assert.deepEqual(await designated(), first.version, 'what changed is heard of');
    assert.equal(await presets.change(second.preset, { designatedVersionId: 'none' }), false);
    assert.deepEqual((await presets.versions(first.preset.id, PAGE)).versions, [first.version, second.version]);
    assert.equal((await presets.find(workspaceId, 'clerk'))?.preset.name, 'Clerk');
  });

  test('two that make a preset at once make one, and every version has a number of its own', async () => {
    const presets = open();
    const workspaceId = workspaceOf('race');
    const of = { accountId: 'owner', workspaceId, slug: 'raced', creatorId: 'owner' };
    const answers = await Promise.all(Array.from({ length: 6 }, () => presets.capture(of, SAID)));
    const kept = answers.filter((answer) => typeof answer === 'object');
    assert.ok(kept.length > 0);
    const { preset } = (await presets.find(workspaceId, 'raced')) ?? {};
    assert.ok(preset);
    const { versions, total } = await presets.versions(preset.id, PAGE);
    assert.equal(total, kept.length);
    assert.deepEqual(
      versions.map(({ version }) => version),
      versions.map((_, at) => at + 1),
    );
  });

  test('a preset that is removed goes with its versions, and another workspace’s of the name stays', async () => {
    const presets = open();
    const [ours, theirs] = [workspaceOf('ours'), workspaceOf('theirs')];
    const { preset } = await made(presets, ours, 'same');
    const other = await made(presets, theirs, 'same');
    assert.equal(await presets.remove(preset), true);
    assert.equal(await presets.remove(preset), false);
    assert.deepEqual(await presets.versions(preset.id, PAGE), { versions: [], total: 0 });
    assert.equal(await presets.look(ours, 'same'), null);
    assert.deepEqual(await presets.find(theirs, 'same'), other);
    assert.deepEqual((await presets.list(theirs, PAGE)).presets, [other.preset]);
  });

  test('what is no slug is looked for nowhere', async () => {
    const presets = open();
    for (const slug of ['', 'a b', 'NUL \u0000', '%', 'x'.repeat(10_000)])
      assert.equal(await presets.look(workspaceOf('none'), slug), null);
  });
}
