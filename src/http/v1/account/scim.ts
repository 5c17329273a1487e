import { z } from 'zod';
import { type Group, type GroupMapping, MAPPED_ROLES, type SyncJob } from '../../../access/directory.ts';
import { digestOf } from '../../../access/secret.ts';
import { fault } from '../../../base/fault.ts';
import { uuidOf } from '../../../base/uuid.ts';
import type { Route } from '../../route.ts';
import { PAGE_QUERY, readBody, readPage } from './body.ts';
import { iso } from './key-json.ts';
import { refusal } from './refusal.ts';

const NEW = z.object({ scim_group_id: z.uuid(), workspace_id: z.uuid(), role: z.enum(MAPPED_ROLES) });
const CHANGE = z.object({ role: z.enum(MAPPED_ROLES) });

const NO_MAPPING = refusal(fault('not_found', 'SCIM group mapping not found'));
const NO_GROUP = refusal(fault('not_found', 'There is no such SCIM group or workspace'));
const NO_JOB = refusal(fault('not_found', 'SCIM sync job not found'));
const TAKEN = refusal(fault('conflict', 'The group is mapped to this workspace already'));
const KEEP = refusal(fault('invalid_request', 'keep_members: must be true or false', { param: 'keep_members' }));
const NO_DIRECTORY = 'No directory is connected to this gateway';

const timesOf = ({ createdAt, updatedAt }: Group | GroupMapping) => ({
  created_at: new Date(createdAt).toISOString(),
  updated_at: new Date(updatedAt).toISOString(),
});
const groupJson = (group: Group) => ({
  id: group.id,
  organization_id: group.accountId,
  external_id: group.externalId,
  display_name: group.displayName,
  ...timesOf(group),
});
const mappingJson = (mapping: GroupMapping) => ({
  id: mapping.id,
  organization_id: mapping.accountId,
  scim_group_id: mapping.groupId,
  workspace_id: mapping.workspaceId,
  role: mapping.role,
  ...timesOf(mapping),
});
const jobJson = ({ id, status, error, createdAt, finishedAt }: SyncJob) => ({
  id,
  status,
  error_message: error,
  created_at: new Date(createdAt).toISOString(),
  started_at: iso(finishedAt),
  finished_at: iso(finishedAt),
  synced_groups: null,
  deleted_groups: null,
});

const LIST_GROUPS: Route = {
  method: 'GET',
  path: '/scim/groups',
  auth: 'manage-members',
  query: PAGE_QUERY,
  handle: async ({ query, caller }, { access: { directory } }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const { rows, total } = await directory.groups(caller?.accountId ?? '', page.value);
    return { status: 200, json: { data: rows.map(groupJson), total_count: total } };
  },
};

const LIST: Route = {
  method: 'GET',
  path: '/scim/group-mappings',
  auth: 'manage-members',
  query: PAGE_QUERY,
  handle: async ({ query, caller }, { access: { directory } }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const { rows, total } = await directory.mappings(caller?.accountId ?? '', page.value);
    return { status: 200, json: { data: rows.map(mappingJson), total_count: total } };
  },
};

const CREATE: Route = {
  method: 'POST',
  path: '/scim/group-mappings',
  auth: 'manage-members',
  body: NEW,
  handle: async ({ body, caller }, { access: { directory }, world }) => {
    const wish = readBody(NEW, body);
    if (!wish.ok || caller === null) return wish.ok ? NO_MAPPING : refusal(wish.error);
    const { scim_group_id: groupId, workspace_id: workspaceId, role } = wish.value;
    const now = world.now();
    const mapping: GroupMapping = {
      id: uuidOf(digestOf(world.newId('map'))),
      accountId: caller.accountId,
      groupId,
      workspaceId,
      role,
      createdAt: now,
      updatedAt: now,
    };
    const added = await directory.addMapping(mapping);
    if (added === 'added') return { status: 201, json: { data: mappingJson(mapping) } };
    return added === 'taken' ? TAKEN : NO_GROUP;
  },
};

const ONE: Route = {
  method: 'GET',
  path: '/scim/group-mappings/:id',
  auth: 'manage-members',
  handle: async ({ params, caller }, { access: { directory } }) => {
    const found = await directory.mapping(caller?.accountId ?? '', params.id ?? '');
    return found ? { status: 200, json: { data: mappingJson(found) } } : NO_MAPPING;
  },
};

const UPDATE: Route = {
  method: 'PATCH',
  path: '/scim/group-mappings/:id',
  auth: 'manage-members',
  body: CHANGE,
  handle: async ({ params, body, caller }, { access: { directory }, world }) => {
    const wish = readBody(CHANGE, body);
    if (!wish.ok) return refusal(wish.error);
    const [account, id] = [caller?.accountId ?? '', params.id ?? ''];
    const changed = await directory.changeMapping(account, id, wish.value.role, world.now());
    const now = changed && (await directory.mapping(account, id));
    return now ? { status: 200, json: { data: mappingJson(now) } } : NO_MAPPING;
  },
};

/** No membership comes from a mapping yet, so that whichever is chosen of `keep_members`, no member goes. */
const REMOVE: Route = {
  method: 'DELETE',
  path: '/scim/group-mappings/:id',
  auth: 'manage-members',
  handle: async ({ params, query, caller }, { access: { directory } }) => {
    const [account, id] = [caller?.accountId ?? '', params.id ?? ''];
    if ((await directory.mapping(account, id)) === null) return NO_MAPPING;
    if (query.keep_members !== 'true' && query.keep_members !== 'false') return KEEP;
    return (await directory.removeMapping(account, id)) ? { status: 200, json: { deleted: true } } : NO_MAPPING;
  },
};

const SYNC: Route = {
  method: 'POST',
  path: '/scim/sync-jobs',
  auth: 'manage-members',
  handle: async ({ caller }, { access: { directory }, world }) => {
    const now = world.now();
    const job: SyncJob = {
      id: uuidOf(digestOf(world.newId('sync'))),
      accountId: caller?.accountId ?? '',
      status: 'failed',
      error: NO_DIRECTORY,
      createdAt: now,
      finishedAt: now,
    };
    await directory.addSyncJob(job);
    return { status: 202, json: { data: jobJson(job) } };
  },
};

const ONE_SYNC: Route = {
  method: 'GET',
  path: '/scim/sync-jobs/:id',
  auth: 'manage-members',
  handle: async ({ params, caller }, { access: { directory } }) => {
    const found = await directory.syncJob(caller?.accountId ?? '', params.id ?? '');
    return found ? { status: 200, json: { data: jobJson(found) } } : NO_JOB;
  },
};

/** Groups of a directory and what their people are in workspaces (spec §1.11): kept, and so far filled by nobody. */
export const SCIM_ROUTES: readonly Route[] = [LIST_GROUPS, LIST, CREATE, ONE, UPDATE, REMOVE, SYNC, ONE_SYNC];
