import { z } from 'zod';
import { fault } from '../../base/fault.ts';
import type { Principal } from '../../facts/principal.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { type Captured, capture } from '../../presets/capture.ts';
import { type Designated, type Preset, type PresetVersion, STATUSES } from '../../presets/preset.ts';
import { PRESETS_MAX, VERSIONS_MAX } from '../../presets/presets.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';
import { PAGE_QUERY, readBody, readPage } from './account/body.ts';
import { refusal } from './account/refusal.ts';

const SLUG = /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/;
const SLUG_LENGTH_MAX = 64;
const CHANGE = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  description: z.string().max(500).nullable().optional(),
  status: z.enum(STATUSES).optional(),
  /** The number of the version that calls are to be made with. */
  version: z.int().min(1).optional(),
});

const NO_PRESET = refusal(fault('not_found', 'Preset not found'));
const NO_VERSION = refusal(fault('not_found', 'Preset version not found'));
const CONFLICT = refusal(fault('conflict', 'Another request changes this preset. Please try again.'));
const FULL = refusal(
  fault('invalid_request', `A workspace has at most ${PRESETS_MAX} presets, a preset ${VERSIONS_MAX} versions`),
);
const WRONG_SLUG = refusal(
  fault(
    'invalid_request',
    `slug: lower-case letters and digits, words separated by hyphens, ${SLUG_LENGTH_MAX} at most`,
    {
      param: 'slug',
    },
  ),
);

const iso = (at: number): string => new Date(at).toISOString();

const presetJson = (preset: Preset) => ({
  id: preset.id,
  creator_user_id: preset.creatorId,
  workspace_id: preset.workspaceId,
  name: preset.name,
  slug: preset.slug,
  description: preset.description,
  status: preset.status,
  designated_version_id: preset.designatedVersionId,
  created_at: iso(preset.createdAt),
  updated_at: iso(preset.updatedAt),
  status_updated_at: preset.statusUpdatedAt === null ? null : iso(preset.statusUpdatedAt),
});

const versionJson = (version: PresetVersion) => ({
  id: version.id,
  preset_id: version.presetId,
  creator_id: version.creatorId,
  version: version.version,
  system_prompt: version.systemPrompt,
  config: version.config,
  created_at: iso(version.createdAt),
  updated_at: iso(version.createdAt),
});

const designatedJson = ({ preset, version }: Designated) => ({
  data: { ...presetJson(preset), designated_version: versionJson(version) },
});

type Of = Designated & { readonly caller: Principal };

/** A route about one preset of the caller's workspace; another workspace's is none. */
const ofPreset =
  (handle: (of: Of, request: RouteRequest, gateway: Gateway) => RouteAnswer | Promise<RouteAnswer>): Route['handle'] =>
  async (request, gateway) => {
    const { caller, params } = request;
    const found = caller && (await gateway.presets.find(caller.workspaceId, params.slug ?? ''));
    return caller && found ? handle({ ...found, caller }, request, gateway) : NO_PRESET;
  };

const LIST: Route = {
  method: 'GET',
  path: '/presets',
  auth: 'use-presets',
  query: PAGE_QUERY,
  handle: async ({ query, caller }, { presets }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const { presets: found, total } = await presets.list(caller?.workspaceId ?? '', page.value);
    return { status: 200, json: { data: found.map(presetJson), total_count: total } };
  },
};

const ONE: Route = {
  method: 'GET',
  path: '/presets/:slug',
  auth: 'use-presets',
  handle: ofPreset((found) => ({ status: 200, json: designatedJson(found) })),
};

const LIST_VERSIONS: Route = {
  method: 'GET',
  path: '/presets/:slug/versions',
  auth: 'use-presets',
  query: PAGE_QUERY,
  handle: ofPreset(async ({ preset }, { query }, { presets }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const { versions, total } = await presets.versions(preset.id, page.value);
    return { status: 200, json: { data: versions.map(versionJson), total_count: total } };
  }),
};

const ONE_VERSION: Route = {
  method: 'GET',
  path: '/presets/:slug/versions/:version',
  auth: 'use-presets',
  handle: ofPreset(async ({ preset }, { params }, { presets }) => {
    const found = await versionOf(presets, preset, params.version ?? '');
    return found ? { status: 200, json: { data: versionJson(found) } } : NO_VERSION;
  }),
};

const versionOf = async (presets: Gateway['presets'], { id }: Preset, text: string): Promise<PresetVersion | null> =>
  /^[1-9]\d{0,8}$/.test(text) ? presets.version(id, Number(text)) : null;

/** Keeps what a request for inference says of how it is to be made, as a version of the preset. */
const captureRoute = (path: string, dialect: string): Route => ({
  method: 'POST',
  path: `/presets/:slug/${path}`,
  auth: 'use-presets',
  handle: async ({ params, body, caller }, { presets }) => {
    const slug = params.slug ?? '';
    if (slug.length > SLUG_LENGTH_MAX || !SLUG.test(slug)) return WRONG_SLUG;
    const captured = capture(dialect, body);
    if (!captured.ok || caller === null) return captured.ok ? NO_PRESET : refusal(captured.error);
    return kept(presets, caller, slug, captured.value);
  },
});

async function kept(
  presets: Gateway['presets'],
  { accountId, workspaceId, memberId }: Principal,
  slug: string,
  captured: Captured,
): Promise<RouteAnswer> {
  const creatorId = memberId ?? accountId;
  const made = await presets.capture({ accountId, workspaceId, slug, creatorId }, captured);
  if (made === 'conflict') return CONFLICT;
  return made === 'full' ? FULL : { status: 200, json: designatedJson(made) };
}

/** Beyond the contract, where only OpenRouter's pages can do this. */
const UPDATE: Route = {
  method: 'PATCH',
  path: '/presets/:slug',
  auth: 'use-presets',
  body: CHANGE,
  handle: ofPreset(async ({ preset, caller }, { body }, { presets }) => {
    const wish = readBody(CHANGE, body);
    if (!wish.ok) return refusal(wish.error);
    const { version, name, description, status } = wish.value;
    const designated = version === undefined ? undefined : await versionOf(presets, preset, String(version));
    if (designated === null) return NO_VERSION;
    const changed = await presets.change(preset, {
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      ...(status !== undefined && { status }),
      ...(designated && { designatedVersionId: designated.id }),
    });
    const now = changed && (await presets.find(caller.workspaceId, preset.slug));
    return now ? { status: 200, json: designatedJson(now) } : NO_PRESET;
  }),
};

const REMOVE: Route = {
  method: 'DELETE',
  path: '/presets/:slug',
  auth: 'use-presets',
  handle: ofPreset(async ({ preset }, _request, { presets }) =>
    (await presets.remove(preset)) ? { status: 200, json: { deleted: true } } : NO_PRESET,
  ),
};

/** The presets of the caller's workspace (spec §1.11 and §3.6). */
export const PRESET_ROUTES: readonly Route[] = [
  LIST,
  ONE,
  LIST_VERSIONS,
  ONE_VERSION,
  captureRoute('chat/completions', 'openai-chat'),
  captureRoute('messages', 'anthropic-messages'),
  captureRoute('responses', 'openai-responses'),
  UPDATE,
  REMOVE,
];
