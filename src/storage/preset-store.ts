import { sql } from 'kysely';
import { parseJson } from '../base/json.ts';
import {
  type Designated,
  type Preset,
  type PresetStatus,
  type PresetStore,
  type PresetVersion,
  placeOf,
} from '../presets/preset.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { ACCESS, presetChange, presetNotice } from './notices.ts';
import type { PresetRow, PresetVersionRow } from './schema.ts';
import { type Committing, type Compilable, writing } from './writing.ts';

const PAGE_MAX = 100;

export const openPresetStore = (client: StoreClient, database: StoreDatabase): PresetStore => ({
  ...reading(database, openKysely({ ...client, query: client.look })),
  ...changing(client, database),
  onChange: (listener) =>
    client.onNotice((notice) => {
      if (notice === ACCESS) return listener(null);
      const place = presetChange(notice);
      if (place !== null) listener(place);
    }),
});

type Reading = Pick<PresetStore, 'list' | 'find' | 'versions' | 'version'>;

const reading = (database: StoreDatabase, looking: StoreDatabase): Reading => ({
  list: async (workspaceId, { offset, limit }) => {
    const asked = database.selectFrom('preset').where('workspace_id', '=', workspaceId);
    const [{ total }, rows] = await Promise.all([
      asked.select(({ fn }) => fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow(),
      asked
        .selectAll()
        .orderBy('updated_at', 'desc')
        .orderBy('id')
        .limit(Math.min(limit, PAGE_MAX))
        .offset(offset)
        .execute(),
    ]);
    return { presets: rows.map(presetOf), total: Number(total) };
  },
  find: async (places) => {
    const wanted = new Set(places);
    const workspaces = [...new Set(places.map((place) => place.slice(0, place.indexOf(' '))))];
    const slugs = [...new Set(places.map((place) => place.slice(place.indexOf(' ') + 1)))];
    const rows = await looking
      .selectFrom('preset')
      .selectAll()
      .where('workspace_id', 'in', workspaces)
      .where('slug', 'in', slugs)
      .execute();
    const presets = rows.map(presetOf).filter(({ workspaceId, slug }) => wanted.has(placeOf(workspaceId, slug)));
    if (presets.length === 0) return new Map();
    const designated = await looking
      .selectFrom('preset_version')
      .selectAll()
      .where(
        'id',
        'in',
        presets.map(({ designatedVersionId }) => designatedVersionId),
      )
      .execute();
    const versions = new Map(designated.map((row) => [row.id, versionOf(row)]));
    const found = new Map<string, Designated>();
    for (const preset of presets) {
      const version = versions.get(preset.designatedVersionId);
      if (version) found.set(placeOf(preset.workspaceId, preset.slug), { preset, version });
    }
    return found;
  },
  versions: async (presetId, { offset, limit }) => {
    const asked = database.selectFrom('preset_version').where('preset_id', '=', presetId);
    const [{ total }, rows] = await Promise.all([
      asked.select(({ fn }) => fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow(),
      asked.selectAll().orderBy('version').limit(Math.min(limit, PAGE_MAX)).offset(offset).execute(),
    ]);
    return { versions: rows.map(versionOf), total: Number(total) };
  },
  version: async (presetId, version) => {
    const row = await database
      .selectFrom('preset_version')
      .selectAll()
      .where('preset_id', '=', presetId)
      .where('version', '=', BigInt(version))
      .executeTakeFirst();
    return row ? versionOf(row) : null;
  },
});

const actOn = (verb: string, { id }: Preset): Committing => ({
  act: { act: `preset.${verb}`, rows: [{ table: 'preset', column: 'id', value: id }] },
});
const noticeOf = ({ workspaceId, slug }: Preset): string => presetNotice(placeOf(workspaceId, slug));

function changing(client: StoreClient, database: StoreDatabase): Pick<PresetStore, 'add' | 'change' | 'remove'> {
  const write = writing(client);
  return {
    add: async (preset, version) => {
      // The version first, since what it changed is what is told; without it nothing that follows finds anything to do.
      const adding = database
        .insertInto('preset_version')
        .values(versionRow(version))
        .onConflict((conflict) => conflict.doNothing());
      const making: Compilable = {
        compile: () =>
          sql`insert into preset (id, account_id, workspace_id, slug, name, description, status, designated_version_id,
              creator_id, created_at, updated_at, status_updated_at)
            select ${preset.id}, ${preset.accountId}, ${preset.workspaceId}, ${preset.slug}, ${preset.name},
              ${preset.description}, ${preset.status}, ${version.id}, ${preset.creatorId},
              cast(${BigInt(preset.createdAt)} as bigint), cast(${BigInt(preset.updatedAt)} as bigint), null
            where exists (select 1 from preset_version v where v.id = ${version.id})
            on conflict do nothing`.compile(database),
      };
      const designating = database
        .updateTable('preset')
        .set({ designated_version_id: version.id, updated_at: BigInt(preset.updatedAt) })
        .where('id', '=', preset.id)
        .where(sql<boolean>`exists (select 1 from preset_version v where v.id = ${version.id})`);
      // Two that make the same preset at once: whose row was not made takes its version away again.
      const clearing: Compilable = {
        compile: () =>
          sql`delete from preset_version where id = ${version.id}
            and not exists (select 1 from preset p where p.id = ${preset.id})`.compile(database),
      };
      const added = await write([adding, making, designating, clearing], [noticeOf(preset)], actOn('capture', preset));
      if (added === 0n) return false;
      return (
        (await database.selectFrom('preset').select('id').where('id', '=', preset.id).executeTakeFirst()) !== undefined
      );
    },
    change: async (preset, { name, description, status, designatedVersionId }, at) => {
      const update = database
        .updateTable('preset')
        .set({
          updated_at: BigInt(at),
          ...(name !== undefined && { name }),
          ...(description !== undefined && { description }),
          ...(status !== undefined && { status, status_updated_at: BigInt(at) }),
          ...(designatedVersionId !== undefined && { designated_version_id: designatedVersionId }),
        })
        .where('id', '=', preset.id)
        .$if(designatedVersionId !== undefined, (rows) =>
          rows.where(
            sql<boolean>`exists (select 1 from preset_version v where v.id = ${designatedVersionId} and v.preset_id = ${preset.id})`,
          ),
        );
      return (await write([update], [noticeOf(preset)], actOn('change', preset))) > 0n;
    },
    remove: async (preset) => {
      const removal = database.deleteFrom('preset').where('id', '=', preset.id);
      const versions = database.deleteFrom('preset_version').where('preset_id', '=', preset.id);
      return (await write([removal, versions], [noticeOf(preset)], actOn('delete', preset))) > 0n;
    },
  };
}

const timeOf = (value: bigint | null): number | null => (value === null ? null : Number(value));

const presetOf = (row: PresetRow): Preset => ({
  id: row.id,
  accountId: row.account_id,
  workspaceId: row.workspace_id,
  slug: row.slug,
  name: row.name,
  description: row.description,
  status: row.status as PresetStatus,
  designatedVersionId: row.designated_version_id,
  creatorId: row.creator_id,
  createdAt: Number(row.created_at),
  updatedAt: Number(row.updated_at),
  statusUpdatedAt: timeOf(row.status_updated_at),
});

const versionRow = (version: PresetVersion): PresetVersionRow => ({
  preset_id: version.presetId,
  version: BigInt(version.version),
  id: version.id,
  dialect: version.dialect,
  config: JSON.stringify(version.config),
  system_prompt: version.systemPrompt,
  creator_id: version.creatorId,
  created_at: BigInt(version.createdAt),
});

const versionOf = (row: PresetVersionRow): PresetVersion => ({
  id: row.id,
  presetId: row.preset_id,
  version: Number(row.version),
  dialect: row.dialect,
  config: parseJson(row.config) as PresetVersion['config'],
  systemPrompt: row.system_prompt,
  creatorId: row.creator_id,
  createdAt: Number(row.created_at),
});
