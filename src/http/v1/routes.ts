import type { RawRoute } from '../raw-route.ts';
import type { Route } from '../route.ts';
import { ACCOUNT_ROUTES } from './account/index.ts';
import { RAW_OAUTH_ROUTES } from './account/oauth.ts';
import { RAW_PAYMENT_ROUTES } from './account/payments.ts';
import { ALERT_ROUTES } from './alerts.ts';
import { BATCH_ROUTES, RAW_BATCH_ROUTES } from './batches/index.ts';
import { CONTAINER_ROUTES } from './containers.ts';
import { CONVERSATION_ROUTES } from './conversations.ts';
import { FILE_ROUTES, RAW_FILE_ROUTES } from './files/index.ts';
import { GATED_ROUTES } from './gated.ts';
import { INSIGHT_ROUTES } from './insights/index.ts';
import { MCP_SERVER_ROUTES } from './mcp-servers.ts';
import { MODEL_ROUTES } from './models/index.ts';
import { OBSERVABILITY_ROUTES } from './observability.ts';
import { planRoute } from './plan.ts';
import { PRESET_ROUTES } from './presets.ts';
import { REALTIME_ROUTES } from './realtime.ts';
import { RESPONSE_ROUTES } from './responses.ts';
import { TOOL_ROUTES } from './tools.ts';
import { VIDEO_ROUTES } from './videos/index.ts';

/** Every resource of the API that is not inference; each is served below `/api/v1` and its alias `/v1`. */
export const apiRoutes: readonly Route[] = [
  ...MODEL_ROUTES,
  ...ACCOUNT_ROUTES,
  ...INSIGHT_ROUTES,
  ...OBSERVABILITY_ROUTES,
  ...MCP_SERVER_ROUTES,
  ...ALERT_ROUTES,
  ...PRESET_ROUTES,
  ...FILE_ROUTES,
  ...BATCH_ROUTES,
  ...CONTAINER_ROUTES,
  ...RESPONSE_ROUTES,
  ...CONVERSATION_ROUTES,
  ...REALTIME_ROUTES,
  ...VIDEO_ROUTES,
  ...TOOL_ROUTES,
  planRoute,
  ...GATED_ROUTES,
];

/** Those whose bodies or answers are streams. */
export const rawRoutes: readonly RawRoute[] = [
  ...RAW_FILE_ROUTES,
  ...RAW_BATCH_ROUTES,
  ...RAW_OAUTH_ROUTES,
  ...RAW_PAYMENT_ROUTES,
];
