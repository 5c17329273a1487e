import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Fault, fault } from '../../base/fault.ts';
import { arrayOf, type JsonObject, objectOf, parseJson, stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { openaiResponsesClient } from '../../dialects/openai-responses/client/index.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { ChainLink, ResponseStore, StoredOwner } from '../../gateway/stored-responses.ts';
import { FULL } from '../room.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';

/** Stored responses by their ids, as OpenAI's API has them (platform.openai.com/docs/api-reference/responses, read 2026-11-29). */

const refusal = (value: Fault): RouteAnswer => {
  const { status, body } = openaiResponsesClient.encodeFault(value, { id: null });
  return { status, json: body };
};

const NONE = refusal(
  fault('not_found', 'Responses are not stored here: the operator turns that on by SWITCHWRIGHT_RESPONSES_DAYS.'),
);
const missing = (id: string): RouteAnswer =>
  refusal(fault('not_found', `Response with id '${id.slice(0, 100)}' not found.`));

type Of = { readonly id: string; readonly owner: StoredOwner; readonly store: ResponseStore; readonly now: number };

/** A route about one stored response of the caller's workspace; another workspace's is none. */
const ofResponse =
  (handle: (of: Of, request: RouteRequest, gateway: Gateway) => Promise<RouteAnswer>): Route['handle'] =>
  async (request, gateway) => {
    const { caller, params } = request;
    if (!gateway.storedResponses || !caller) return NONE;
    const { store } = gateway.storedResponses;
    return handle({ id: params.id ?? '', owner: caller, store, now: gateway.world.now() }, request, gateway);
  };

const RETRIEVE: Route = {
  method: 'GET',
  path: '/responses/:id',
  auth: 'call',
  handle: ofResponse(async ({ id, owner, store, now }, { query }) => {
    if (query.stream === 'true')
      return refusal(
        fault('invalid_request', 'Only an answer that is made in the background can be streamed again.', {
          param: 'stream',
        }),
      );
    const found = await store.find(owner, id, now);
    if (!found) return missing(id);
    // It may be long: what was written is not parsed to be written again.
    const text = `${found.response.slice(0, -1)},"output":${found.output}}`;
    return { status: 200, text, contentType: 'application/json; charset=utf-8' };
  }),
};

const DELETE: Route = {
  method: 'DELETE',
  path: '/responses/:id',
  auth: 'call',
  handle: ofResponse(async ({ id, owner, store, now }) => {
    if (!(await store.sizeOf(owner, id, now)) || !(await store.remove(owner, id))) return missing(id);
    return { status: 200, json: { id, object: 'response', deleted: true } };
  }),
};

const CANCEL: Route = {
  method: 'POST',
  path: '/responses/:id/cancel',
  auth: 'call',
  handle: ofResponse(async ({ id, owner, store, now }) =>
    (await store.sizeOf(owner, id, now))
      ? refusal(fault('invalid_request', 'Cannot cancel a synchronous response.'))
      : missing(id),
  ),
};

const INPUT_ITEMS: Route = {
  method: 'GET',
  path: '/responses/:id/input_items',
  auth: 'call',
  handle: ofResponse(async ({ id, owner, store, now }, { query, caller }, { memory }) => {
    const page = pageOf(query);
    if (!page.ok) return refusal(page.error);
    const size = await store.sizeOf(owner, id, now);
    if (!size) return missing(id);
    const allowance = memory.open(caller?.keyId ?? '');
    try {
      if (size.bytes > LIMITS.small_body_bytes) {
        const isGranted = await new Promise<boolean>((done) => allowance.take(3 * size.bytes, done));
        if (!isGranted) return refusal(FULL);
      }
      const links = await store.chain(owner, id, now);
      if (!links) return missing(id);
      const listed = await listItems(links, page.value);
      return listed ? { status: 200, json: listed } : refusal(unknownItem(page.value.after ?? ''));
    } finally {
      allowance.close();
    }
  }),
};

export const RESPONSE_ROUTES: readonly Route[] = [RETRIEVE, DELETE, CANCEL, INPUT_ITEMS];

export type Page = { readonly limit: number; readonly after: string | null; readonly order: 'asc' | 'desc' };

export function pageOf({
  limit = '20',
  after = null,
  order = 'desc',
}: RouteRequest['query'] & { after?: string | null }): Result<Page, Fault> {
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > 100)
    return failed(fault('invalid_request', "'limit' must be a whole number from 1 to 100.", { param: 'limit' }));
  if (order !== 'asc' && order !== 'desc')
    return failed(fault('invalid_request', "'order' must be 'asc' or 'desc'.", { param: 'order' }));
  return ok({ limit: count, after, order });
}

const unknownItem = (id: string): Fault =>
  fault('invalid_request', `No item '${id.slice(0, 100)}' belongs to this response.`, { param: 'after' });

/**
 * What a response was asked with: what it brought itself, and all that was said and answered before. Read from its end
 * that is asked for, a response in each turn, and no further than the page goes. Null = no item has the id `after`.
 */
async function listItems(links: readonly ChainLink[], { limit, after, order }: Page): Promise<JsonObject | null> {
  const lists = links.flatMap(({ input, output }, at) => (at === links.length - 1 ? [input] : [input, output]));
  const found: JsonObject[] = [];
  let isBehind = after === null;
  for (const list of order === 'asc' ? lists : lists.reverse()) {
    const items = arrayOf(parseJson(list)).map(objectOf);
    for (const item of order === 'asc' ? items : items.reverse())
      if (isBehind) found.push(item);
      else if (item.id === after) isBehind = true;
    if (found.length > limit) break;
    await nextTurn();
  }
  if (!isBehind) return null;
  const data = found.slice(0, limit);
  return {
    object: 'list',
    data,
    first_id: stringOf(data[0]?.id) || null,
    last_id: stringOf(data.at(-1)?.id) || null,
    has_more: found.length > limit,
  };
}
