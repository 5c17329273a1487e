import type { Route } from '../route.ts';
import { ACCOUNT_ROUTES } from './account/index.ts';
import { MODEL_ROUTES } from './models/index.ts';
import { planRoute } from './plan.ts';
import { PRESET_ROUTES } from './presets.ts';
import { RESPONSE_ROUTES } from './responses.ts';

/** Every resource of the API that is not inference; each is served below `/api/v1` and its alias `/v1`. */
export const apiRoutes: readonly Route[] = [
  ...MODEL_ROUTES,
  ...ACCOUNT_ROUTES,
  ...PRESET_ROUTES,
  ...RESPONSE_ROUTES,
  planRoute,
];
