import { type Fault, fault } from '../../base/fault.ts';
import { arrayOf, type Json } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { conversationIn } from '../../dialects/openai-responses/client/settings.ts';
import type { Conversation, ConversationItem } from '../../gateway/conversations.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { type ChainLink, type ChainSize, NO_CHAIN, type StoredResponses } from '../../gateway/stored-responses.ts';
import { StoreError, troubleFault } from '../../ledger/trouble.ts';
import { FULL, openRoom, type RoomKept } from '../room.ts';
import { ownItems } from './items.ts';
import { parseLong } from './parse-long.ts';
import type { Reading, Recollect, Recollected } from './reading.ts';
import { createTurn } from './turn.ts';

const NOT_FOUND = (id: string): Fault =>
  fault('invalid_request', `Previous response with id '${id.slice(0, 100)}' not found.`, {
    param: 'previous_response_id',
    metadata: { code: 'previous_response_not_found' },
  });
const BROKEN = fault(
  'invalid_request',
  'A response that this one goes on from has been deleted or has expired. Send the conversation in `input`.',
  { param: 'previous_response_id', metadata: { code: 'previous_response_not_found' } },
);
const NO_CONVERSATION = (id: string): Fault =>
  fault('not_found', `Conversation with id '${id.slice(0, 100)}' not found.`, {
    param: 'conversation',
    metadata: { code: 'conversation_not_found' },
  });
const FULL_CONVERSATION = fault(
  'context_length_exceeded',
  `The conversation has ${LIMITS.stored_chain_bytes_max / 1024 / 1024} MB or ${LIMITS.messages_max} items: begin another one.`,
  { param: 'conversation' },
);
const TOO_LONG = fault(
  'context_length_exceeded',
  `The responses that this one goes on from have more than ${LIMITS.stored_chain_bytes_max / 1024 / 1024} MB or ${LIMITS.messages_max} items.`,
  { param: 'previous_response_id' },
);

/**
 * Puts what a call goes on from before what it says itself, as if its program had sent it all. What a body refers to is
 * read only where it does; there must be memory for it, and a long chain is parsed in turns as a long body is.
 */
export function recollectFor(gateway: Gateway, stored: StoredResponses): Recollect {
  return (reading, done) => {
    const { body, blobs, caller, response, refuse, within } = reading;
    const previousId = body.previous_response_id;
    const isStored = body.store !== false || stored.keepsAll === true;
    const turn = (chain: ChainSize): Recollected['turn'] =>
      isStored ? createTurn({ gateway, stored, caller, chain, input: body.input, blobs }) : null;
    const conversationId = conversationIn(body.conversation);
    if (conversationId && typeof previousId !== 'string')
      return recollectConversation({ gateway, stored, reading, id: conversationId, isStored }, done);
    // A wrong type is complained of by whoever reads the body.
    if (typeof previousId !== 'string') return done({ body, turn: turn(NO_CHAIN), bytes: 0, room: null });
    const { store } = stored;
    const now = gateway.world.now();
    const fail = failing(gateway, refuse);
    const joinOnto = (size: ChainSize, room: RoomKept | null, links: readonly ChainLink[] | null): void => {
      const close = (value: Fault): void => {
        room?.close();
        refuse(value);
      };
      if (!links) return close(BROKEN);
      parseChain(reading, links, (items) => {
        if (!Array.isArray(items)) return close(items as Fault);
        const input = [...items, ...ownItems(body.input)];
        done({ body: { ...body, input }, turn: turn(size), bytes: size.bytes, room });
      });
    };
    const load = (size: ChainSize, room: RoomKept | null): void => {
      store.chain(caller, previousId, now).then(
        (links) => within(() => joinOnto(size, room, links)),
        (cause) => {
          room?.close();
          fail(cause);
        },
      );
    };
    const weigh = (size: ChainSize | null): void => {
      if (size === null) return refuse(NOT_FOUND(previousId));
      if (size.bytes > LIMITS.stored_chain_bytes_max || size.items > LIMITS.messages_max) return refuse(TOO_LONG);
      openRoom({ memory: gateway.memory, who: caller.keyId }, response, size.bytes, (room) =>
        room === 'full' ? refuse(FULL) : load(size, room),
      );
    };
    store.sizeOf(caller, previousId, now).then((size) => within(() => weigh(size)), fail);
  };
}

/** What is told where the store fails. */
const failing =
  ({ log }: Pick<Gateway, 'log'>, refuse: (value: Fault) => void) =>
  (cause: unknown): void => {
    if (cause instanceof StoreError) return refuse(troubleFault(cause.trouble));
    log('a stored response could not be read', cause);
    refuse(fault('server', 'Internal Server Error'));
  };

type Continuing = {
  readonly gateway: Gateway;
  readonly stored: StoredResponses;
  readonly reading: Reading;
  readonly id: string;
  readonly isStored: boolean;
};

/** The same for a conversation: what it holds stands before what the call says, and both are added to it afterwards. */
function recollectConversation(
  { gateway, stored, reading, id, isStored }: Continuing,
  done: (recollected: Recollected) => void,
): void {
  const { body, blobs, caller, response, refuse, within } = reading;
  const { conversations } = stored;
  const fail = failing(gateway, refuse);
  const turn = createTurn({
    gateway,
    stored,
    caller,
    chain: NO_CHAIN,
    input: body.input,
    blobs,
    isStored,
    conversationId: id,
  });
  const join = (items: readonly ConversationItem[], bytes: number, room: RoomKept | null): void =>
    parseItems(
      reading,
      items.map(({ item }) => item),
      (before) => {
        if (Array.isArray(before))
          return done({ body: { ...body, input: [...before, ...ownItems(body.input)] }, turn, bytes, room });
        room?.close();
        refuse(before as Fault);
      },
    );
  const load = (bytes: number, room: RoomKept | null): void => {
    conversations?.items(caller, id, gateway.world.now()).then(
      (items) => within(() => join(items, bytes, room)),
      (cause) => {
        room?.close();
        fail(cause);
      },
    );
  };
  const weigh = (conversation: Conversation | null): void => {
    if (!conversation) return refuse(NO_CONVERSATION(id));
    const { items, bytes } = conversation;
    if (items + ownItems(body.input).length >= LIMITS.messages_max || bytes >= LIMITS.stored_chain_bytes_max)
      return refuse(FULL_CONVERSATION);
    if (items === 0) return done({ body, turn, bytes: 0, room: null });
    openRoom({ memory: gateway.memory, who: caller.keyId }, response, bytes, (room) =>
      room === 'full' ? refuse(FULL) : load(bytes, room),
    );
  };
  if (!conversations) return refuse(NO_CONVERSATION(id));
  conversations.find(caller, id, gateway.world.now()).then((found) => within(() => weigh(found)), fail);
}

/** The items of a chain, the oldest first, or why they cannot be had. What is long is parsed in turns. */
function parseChain(
  reading: Reading,
  links: readonly ChainLink[],
  done: (items: readonly Json[] | Fault) => void,
): void {
  const lists = links.flatMap(({ input, output }) => [input, output]).filter((list) => list !== '[]');
  parseItems(
    reading,
    lists.map((list) => list.slice(1, -1)),
    done,
  );
}

/** Items, or several of them with commas between, as one list. */
function parseItems(
  { later }: Reading,
  texts: readonly string[],
  done: (items: readonly Json[] | Fault) => void,
): void {
  const text = `{"items":[${texts.join(',')}]}`;
  parseLong(Buffer.from(text), { keeps: 'nothing', later }, (parsed) =>
    done(parsed.ok ? arrayOf(parsed.value.value.items) : parsed.error),
  );
}
