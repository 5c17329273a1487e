import { PRODUCT } from '../../base/product.ts';
import type { World } from '../../base/world.ts';
import type { Vault } from '../../vault/vault.ts';
import type { Receiver } from '../broadcast.ts';
import { exportRequest } from '../otlp/export.ts';
import { spansOf } from '../otlp/span.ts';
import { post } from '../post.ts';
import { isSampled } from '../sampling.ts';
import type { ObservabilityDestination } from './destination.ts';
import { configOf } from './destinations.ts';
import { passes } from './filter.ts';
import { targetOf } from './kinds.ts';

/** Sends to a destination as it is set up; null = its configuration cannot be opened here. */
export function receiverOf(
  { world, vault }: { readonly world: World; readonly vault: Vault },
  destination: ObservabilityDestination,
): Receiver | null {
  const config = configOf(vault, destination);
  if (config === null) return null;
  const { method, url, headers, resource, write } = targetOf(destination.kind, config);
  const keys = destination.keyHashes === null ? null : new Set(destination.keyHashes);
  const { visible, filterRules, samplingRate } = destination;
  return {
    id: destination.id,
    workspaceId: destination.workspaceId,
    version: String(destination.updatedAt),
    name: `${destination.kind} “${destination.name.slice(0, 60)}”`,
    wants: (receipt) =>
      isSampled(receipt, samplingRate) && (keys === null || keys.has(receipt.keyId)) && passes(receipt, filterRules),
    send: (receipts) =>
      post(
        world,
        // Whoever sets it up need not be who runs the gateway: nothing inside its network is reached.
        { method, url, headers, isCompressed: false, reach: 'public' },
        write
          ? write(receipts, visible)
          : exportRequest(
              { service: PRODUCT.slug, attributes: resource },
              receipts.flatMap((receipt) => spansOf(receipt, visible)),
            ),
      ),
  };
}
