import { z } from 'zod';
import type { Route } from '../../route.ts';
import { readBody } from './body.ts';
import { refusal } from './refusal.ts';

/** Which models a key may use is told by `/models/user`; the public list is the same for everybody. */
const WISH = z.object({
  is_filtered_model_catalog_enabled: z.literal(false, 'not offered by this gateway: GET /models/user lists them'),
});
const settingsJson = (id: string) => ({ data: { id, is_filtered_model_catalog_enabled: false } });

export const SETTINGS_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/organization/settings',
    auth: 'read-settings',
    handle: ({ caller }) => ({ status: 200, json: settingsJson(caller?.accountId ?? '') }),
  },
  {
    method: 'PATCH',
    path: '/organization/settings',
    auth: 'manage-members',
    body: WISH,
    handle: ({ body, caller }) => {
      const wish = readBody(WISH, body);
      return wish.ok ? { status: 200, json: settingsJson(caller?.accountId ?? '') } : refusal(wish.error);
    },
  },
];
