import type { World } from '../../base/world.ts';
import type { Receiver } from '../broadcast.ts';
import { post } from '../post.ts';
import { isSampled } from '../sampling.ts';
import type { OtlpTarget } from './environment.ts';
import { exportRequest } from './export.ts';
import { spansOf, type Visible } from './span.ts';

/** Everything but what was said: whoever sets the variables runs the gateway. */
const ALL: Visible = { cost: true, identity: true, requestContext: true };

/** The receiver that the environment names. */
export const environmentReceiver = (world: World, target: OtlpTarget): Receiver => ({
  id: 'environment',
  workspaceId: null,
  version: '',
  name: `OpenTelemetry's receiver at ${new URL(target.url).host}`,
  wants: (receipt) => isSampled(receipt, target.share),
  send: (receipts) =>
    post(
      world,
      { ...target, reach: 'operator' },
      exportRequest(
        target.resource,
        receipts.flatMap((receipt) => spansOf(receipt, ALL)),
      ),
    ),
});
