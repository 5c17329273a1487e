import type { Blob } from '../../base/blobs.ts';
import { arrayOf, type Json, type JsonObject, parseJson, stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Caller } from '../../facts/caller.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { ChainSize, StoredResponses } from '../../gateway/stored-responses.ts';
import { conversationItem, itemsText, ownItems } from './items.ts';
import type { Turn } from './reading.ts';

type TurnParts = {
  readonly gateway: Gateway;
  readonly stored: StoredResponses;
  readonly caller: Caller;
  /** What stands before it. */
  readonly chain: ChainSize;
  readonly input: Json | undefined;
  readonly blobs: readonly Blob[];
  /** Is the answer a response of its own afterwards? Absent = it is. */
  readonly isStored?: boolean;
  /** The conversation that it is added to. */
  readonly conversationId?: string;
};

/**
 * Stores one answer with what it was asked, once it is settled and before its end is told: whoever reads that it is
 * stored can go on from it. One write; a store that fails costs nobody the answer, which then says that it is not stored.
 */
export function createTurn(parts: TurnParts): Turn {
  const { gateway, stored, caller, chain, input, blobs, isStored = true, conversationId } = parts;
  const { world } = gateway;
  let storing: Promise<boolean> | null = null;
  const store = async (answer: JsonObject): Promise<boolean> => {
    const items = ownItems(input);
    const output = arrayOf(answer.output);
    const asked = itemsText(items, blobs, world.newId);
    if (conversationId !== undefined) await addToConversation(parts, conversationId, [asked, JSON.stringify(output)]);
    if (!isStored) return false;
    const texts = {
      input: asked,
      output: JSON.stringify(output),
      response: JSON.stringify({ ...answer, output: undefined }),
    };
    const chainBytes = Buffer.byteLength(texts.input) + Buffer.byteLength(texts.output);
    if (chainBytes + Buffer.byteLength(texts.response) > LIMITS.stored_response_bytes_max) return false;
    const now = world.now();
    await stored.store.add(
      { accountId: caller.accountId, workspaceId: caller.workspaceId },
      {
        id: stringOf(answer.id),
        previousId: typeof answer.previous_response_id === 'string' ? answer.previous_response_id : null,
        createdAt: now,
        expiresAt: now + stored.keptMs,
        ...texts,
        chain: {
          bytes: chain.bytes + chainBytes,
          items: chain.items + items.length + output.length,
          responses: chain.responses + 1,
        },
      },
      stored.bytesMax,
    );
    return true;
  };
  return {
    keep: (answer) => {
      storing = store(answer).catch((cause) => {
        gateway.log('a response could not be stored', cause);
        return false;
      });
    },
    kept: () => storing,
  };
}

/** What was said and answered is added to its conversation. One that cannot take it goes without, and the operator hears of it. */
async function addToConversation(
  { gateway, stored, caller }: TurnParts,
  id: string,
  lists: readonly string[],
): Promise<void> {
  const now = gateway.world.now();
  const items = lists
    .flatMap((list) => arrayOf(parseJson(list)))
    .map((item) => conversationItem(item, gateway.world.newId));
  const addition = { items, now, expiresAt: now + stored.keptMs, bytesMax: stored.bytesMax };
  const added = await stored.conversations?.add(caller, id, addition);
  if (added !== 'added') gateway.log(`an answer could not be added to the conversation ${id}: ${added}`);
}

/**
 * The text of an answer that could not be stored, which was written as if it were. Inside of a string the quotes would
 * have backslashes before them.
 */
export const withoutStore = (text: string): string => text.replaceAll('"store":true', '"store":false');
