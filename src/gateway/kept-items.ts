import type { JsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { World } from '../base/world.ts';

/**
 * Items of answers in the Responses API, by their ids. Programs that do not say `store: false` may send an id back in
 * place of the item (`item_reference`: the AI SDK does by default). Nothing is stored: kept in this process alone, for an
 * hour at most, for the account that was given them; who loses them is told of a loss.
 */
export type KeptItems = {
  readonly keep: (accountId: string, item: JsonObject) => void;
  readonly recall: (accountId: string, id: string) => JsonObject | undefined;
};

type Kept = { readonly item: JsonObject; readonly size: number; readonly until: number };

export function createKeptItems(world: Pick<World, 'elapsed'>): KeptItems {
  const kept = new Map<string, Kept>();
  let size = 0;
  const forget = (key: string): void => {
    size -= kept.get(key)?.size ?? 0;
    kept.delete(key);
  };
  return {
    keep: (accountId, item) => {
      if (typeof item.id !== 'string') return;
      const key = `${accountId} ${item.id}`;
      const length = JSON.stringify(item).length + key.length;
      if (length > LIMITS.kept_item_bytes_max) return;
      forget(key);
      kept.set(key, { item, size: length, until: world.elapsed() + LIMITS.kept_items_ms });
      size += length;
      // The oldest stand first.
      for (const [oldest, { until }] of kept) {
        if (size <= LIMITS.kept_items_bytes_max && until > world.elapsed()) break;
        forget(oldest);
      }
    },
    recall: (accountId, id) => {
      const found = kept.get(`${accountId} ${id}`);
      return found && found.until > world.elapsed() ? found.item : undefined;
    },
  };
}
