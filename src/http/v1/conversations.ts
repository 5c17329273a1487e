import { z } from 'zod';
import { type Fault, fault } from '../../base/fault.ts';
import { arrayOf, type JsonObject, parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { openaiResponsesClient } from '../../dialects/openai-responses/client/index.ts';
import type { Addition, Conversation, ConversationItem, ConversationStore } from '../../gateway/conversations.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { StoredOwner, StoredResponses } from '../../gateway/stored-responses.ts';
import { FULL } from '../room.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';
import { conversationItem, itemsText } from '../stored/items.ts';
import { pageOf } from './responses.ts';

/** Conversations as OpenAI's API has them (openai 7.57, `resources/conversations`, read 2026-11-29): `/responses` goes on from them by their ids. */

const refusal = (value: Fault): RouteAnswer => {
  const { status, body } = openaiResponsesClient.encodeFault(value, { id: null });
  return { status, json: body };
};
const NONE = refusal(
  fault('not_found', 'Conversations are not stored here: the operator turns that on by SWITCHWRIGHT_RESPONSES_DAYS.'),
);
const missing = (id: string): RouteAnswer =>
  refusal(
    fault('not_found', `Conversation with id '${id.slice(0, 100)}' not found.`, {
      metadata: { code: 'conversation_not_found' },
    }),
  );
const missingItem = (id: string): RouteAnswer =>
  refusal(fault('not_found', `No item '${id.slice(0, 100)}' is in this conversation.`));
const TOO_MUCH = refusal(
  fault(
    'invalid_request',
    `A conversation holds up to ${LIMITS.messages_max} items and ${LIMITS.stored_chain_bytes_max / 1024 / 1024} MB.`,
    { param: 'items' },
  ),
);

const METADATA = z.record(z.string(), z.string()).nullable();
const ITEMS = z.array(z.looseObject({})).describe('Items as in `input` of a response; at most 20 in one request.');
const ITEMS_AT_ONCE_MAX = 20;

type Of = {
  readonly id: string;
  readonly owner: StoredOwner;
  readonly store: ConversationStore;
  readonly stored: StoredResponses;
  readonly now: number;
};
type Handle = (of: Of, request: RouteRequest, gateway: Gateway) => Promise<RouteAnswer>;

const withStore =
  (handle: Handle): Route['handle'] =>
  async (request, gateway) => {
    const { caller, params } = request;
    const stored = gateway.storedResponses;
    if (!stored?.conversations || !caller) return NONE;
    const { conversations: store } = stored;
    return handle({ id: params.id ?? '', owner: caller, store, stored, now: gateway.world.now() }, request, gateway);
  };

/** A route about one conversation of the caller's workspace; another workspace's is none. */
const ofConversation = (
  handle: (found: Conversation, of: Of, request: RouteRequest, gateway: Gateway) => Promise<RouteAnswer>,
) =>
  withStore(async (of, request, gateway) => {
    const found = await of.store.find(of.owner, of.id, of.now);
    return found ? handle(found, of, request, gateway) : missing(of.id);
  });

const shown = ({ id, createdAt, metadata }: Conversation): JsonObject => ({
  id,
  object: 'conversation',
  created_at: Math.floor(createdAt / 1000),
  metadata: parseJson(metadata) ?? {},
});

/** What a body says is read as a response's would be, so that nothing is kept that no response could go on from. */
function readBody({ items = null, metadata = null }: JsonObject): Result<readonly JsonObject[], Fault> {
  if (Array.isArray(items) && items.length > ITEMS_AT_ONCE_MAX)
    return failed(fault('invalid_request', `At most ${ITEMS_AT_ONCE_MAX} items in one request.`, { param: 'items' }));
  if (items !== null && !Array.isArray(items))
    return failed(fault('invalid_request', "'items' must be an array.", { param: 'items' }));
  const list = arrayOf(items);
  const body = { model: 'any', input: list.length > 0 ? list : 'none', metadata };
  const read = openaiResponsesClient.decodeCall(body, { headers: {}, params: {}, stores: true });
  if (read.ok) return ok(list as readonly JsonObject[]);
  const param = read.error.param?.replace(/^input\b/, 'items');
  return failed({ ...read.error, ...(param !== undefined && { param }) });
}

const additionOf = (items: readonly JsonObject[], { stored, now }: Of, { world }: Gateway): Addition => ({
  items: arrayOf(parseJson(itemsText(items, [], world.newId))).map((item) => conversationItem(item, world.newId)),
  now,
  expiresAt: now + stored.keptMs,
  bytesMax: stored.bytesMax,
});

const BEGIN: Route = {
  method: 'POST',
  path: '/conversations',
  auth: 'call',
  body: z.object({ items: ITEMS.nullable().optional(), metadata: METADATA.optional() }),
  handle: withStore(async (of, { body }, gateway) => {
    const items = readBody(body);
    if (!items.ok) return refusal(items.error);
    const { owner, store, now } = of;
    const id = gateway.world.newId('conv');
    const metadata = JSON.stringify(body.metadata ?? {});
    await store.begin(owner, id, metadata, additionOf(items.value, of, gateway));
    return { status: 200, json: shown({ id, createdAt: now, metadata, items: 0, bytes: 0 }) };
  }),
};

const RETRIEVE: Route = {
  method: 'GET',
  path: '/conversations/:id',
  auth: 'call',
  handle: ofConversation(async (found) => ({ status: 200, json: shown(found) })),
};

const UPDATE: Route = {
  method: 'POST',
  path: '/conversations/:id',
  auth: 'call',
  body: z.object({ metadata: METADATA }),
  handle: ofConversation(async (found, { owner, store, now }, { body }) => {
    if (body.metadata === undefined)
      return refusal(fault('invalid_request', "'metadata' must be sent.", { param: 'metadata' }));
    const read = readBody({ metadata: body.metadata });
    if (!read.ok) return refusal(read.error);
    const metadata = JSON.stringify(body.metadata ?? {});
    const isChanged = await store.change(owner, found.id, metadata, now);
    return isChanged ? { status: 200, json: shown({ ...found, metadata }) } : missing(found.id);
  }),
};

const REMOVE: Route = {
  method: 'DELETE',
  path: '/conversations/:id',
  auth: 'call',
  handle: ofConversation(async ({ id }, { owner, store }) => {
    if (!(await store.remove(owner, id))) return missing(id);
    return { status: 200, json: { id, object: 'conversation.deleted', deleted: true } };
  }),
};

const listOf = (items: readonly ConversationItem[], hasMore: boolean): RouteAnswer => {
  // They may be long: what was written is not parsed to be written again.
  const ids = { first_id: items[0]?.id ?? null, last_id: items.at(-1)?.id ?? null, has_more: hasMore };
  const text = `{"object":"list","data":[${items.map(({ item }) => item).join(',')}],${JSON.stringify(ids).slice(1)}`;
  return { status: 200, text, contentType: 'application/json; charset=utf-8' };
};

const LIST: Route = {
  method: 'GET',
  path: '/conversations/:id/items',
  auth: 'call',
  handle: ofConversation(async ({ id, bytes }, { owner, store }, { query, caller }, { memory }) => {
    const page = pageOf(query);
    if (!page.ok) return refusal(page.error);
    const allowance = memory.open(caller?.keyId ?? '');
    try {
      if (bytes > LIMITS.small_body_bytes) {
        const isGranted = await new Promise<boolean>((done) => allowance.take(2 * bytes, done));
        if (!isGranted) return refusal(FULL);
      }
      const items = await store.page(owner, id, page.value);
      if (!items) return missingItem(page.value.after ?? '');
      return listOf(items.slice(0, page.value.limit), items.length > page.value.limit);
    } finally {
      allowance.close();
    }
  }),
};

const ADD: Route = {
  method: 'POST',
  path: '/conversations/:id/items',
  auth: 'call',
  body: z.object({ items: ITEMS }),
  handle: ofConversation(async ({ id }, of, { body }, gateway) => {
    const items = readBody({ items: body.items });
    if (!items.ok) return refusal(items.error);
    if (items.value.length === 0)
      return refusal(fault('invalid_request', "'items' must hold at least one item.", { param: 'items' }));
    const addition = additionOf(items.value, of, gateway);
    const added = await of.store.add(of.owner, id, addition);
    if (added === 'none') return missing(id);
    return added === 'full' ? TOO_MUCH : listOf(addition.items, false);
  }),
};

const ITEM: Route = {
  method: 'GET',
  path: '/conversations/:id/items/:item',
  auth: 'call',
  handle: ofConversation(async ({ id }, { owner, store }, { params }) => {
    const found = await store.item(owner, id, params.item ?? '');
    if (!found) return missingItem(params.item ?? '');
    return { status: 200, text: found.item, contentType: 'application/json; charset=utf-8' };
  }),
};

const REMOVE_ITEM: Route = {
  method: 'DELETE',
  path: '/conversations/:id/items/:item',
  auth: 'call',
  handle: ofConversation(async (found, { owner, store }, { params }) => {
    const isGone = await store.removeItem(owner, found.id, params.item ?? '');
    return isGone ? { status: 200, json: shown(found) } : missingItem(params.item ?? '');
  }),
};

export const CONVERSATION_ROUTES: readonly Route[] = [BEGIN, RETRIEVE, UPDATE, REMOVE, LIST, ADD, ITEM, REMOVE_ITEM];
