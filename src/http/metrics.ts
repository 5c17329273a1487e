import { fault } from '../base/fault.ts';
import { EXPOSITION_TYPE } from '../telemetry/exposition.ts';
import { metricsText } from '../telemetry/telemetry.ts';
import type { Route } from './route.ts';
import { refusal } from './v1/account/refusal.ts';

/** What all processes of this gateway have counted, as Prometheus scrapes it: with a management key, unless it is public. */
export const metricsRoute = (access: 'management' | 'public' | 'off'): Route => ({
  method: 'GET',
  path: '/metrics',
  auth: access === 'management' ? 'operate' : 'none',
  handle: async (_request, { metrics }) =>
    metrics === null
      ? refusal(fault('not_found', 'Metrics are switched off (SWITCHWRIGHT_METRICS).'))
      : {
          status: 200,
          text: metricsText(await metrics.gather()),
          contentType: EXPOSITION_TYPE,
          headers: { 'cache-control': 'no-store' },
        },
});
