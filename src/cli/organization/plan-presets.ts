import { uuidOf } from '../../base/uuid.ts';
import { capture } from '../../presets/capture.ts';
import type { Preset, PresetVersion } from '../../presets/preset.ts';
import { change, everyOf, type Planning, said } from './planning.ts';
import type { WantedPreset } from './wanted.ts';

export async function planPreset(planning: Planning, wanted: WantedPreset): Promise<void> {
  const { accountId, newSecret, objections, presets, steps, workspaces, world } = planning;
  const what = `preset ${wanted.workspace}/${wanted.slug}`;
  const workspace = workspaces.get(wanted.workspace);
  if (!workspace) return void objections.push(`${what}: there is no workspace ${wanted.workspace}`);
  const captured = capture(wanted.dialect, wanted.fields);
  if (!captured.ok) return void objections.push(`${what}: ${captured.error.message}`);
  const found = workspace.isNew ? null : await presets.find(workspace.id, wanted.slug);
  const now = world.now();
  const id = found?.preset.id ?? uuidOf(newSecret());
  const before = found?.version;
  const isSame =
    before !== undefined &&
    before.dialect === captured.value.dialect &&
    JSON.stringify(before.config) === JSON.stringify(captured.value.config) &&
    before.systemPrompt === captured.value.systemPrompt;
  const versions = found ? (await presets.versions(found.preset.id, { offset: 0, limit: 1 })).total : 0;
  const version: PresetVersion = {
    ...captured.value,
    id: uuidOf(newSecret()),
    presetId: id,
    version: versions + 1,
    creatorId: accountId,
    createdAt: now,
  };
  const name = wanted.name ?? found?.preset.name ?? wanted.slug;
  const description = wanted.description === undefined ? (found?.preset.description ?? null) : wanted.description;
  const preset: Preset = {
    ...(found?.preset ?? {
      accountId,
      workspaceId: workspace.id,
      slug: wanted.slug,
      status: 'active',
      statusUpdatedAt: null,
      createdAt: now,
      creatorId: accountId,
    }),
    id,
    name,
    description,
    designatedVersionId: version.id,
    updatedAt: now,
  };
  const named = found
    ? [
        ...change('name', found.preset.name, name),
        ...change('description', said(found.preset.description), said(description)),
      ]
    : [];
  const details = [...named, ...(isSame ? [] : [`version ${version.version}`])];
  if (details.length === 0) return;
  steps.push({
    sign: found ? '~' : '+',
    what,
    details,
    act: async ({ presetStore }) => {
      if (!isSame) await presetStore.add(preset, version);
      if (named.length > 0) await presetStore.change(preset, { name, description }, now);
    },
  });
}

/** Of a workspace for which the file names presets the others. */
export async function prunePresets(
  { presets, steps, workspaces }: Planning,
  slug: string,
  named: ReadonlySet<string>,
): Promise<void> {
  const workspace = workspaces.get(slug);
  if (!workspace || workspace.isNew) return;
  const found = await everyOf(async (page) => (await presets.list(workspace.id, page)).presets);
  for (const preset of found)
    if (!named.has(preset.slug))
      steps.push({
        sign: '-',
        what: `preset ${slug}/${preset.slug}`,
        details: [],
        act: ({ presetStore }) => presetStore.remove(preset),
      });
}
