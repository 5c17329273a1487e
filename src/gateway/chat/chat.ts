import type { Call } from '../../call/call.ts';
import { mayUsePlugins } from '../../plugins/open.ts';
import { mayUseTools } from '../legs/offered.ts';
import type { Operation } from '../operation.ts';
import { extend, rescue } from './extend.ts';
import { plainChat } from './plain.ts';

/** A conversation is answered, or a text completed: streamed or whole. */
export const chat: Operation<'chat'> = {
  ...plainChat,
  rescue,
  extend: (gateway, request, listener) => (asksForMore(request.call) ? extend(gateway, request, listener) : null),
};

/** Does a call say anything that plugins or tools of ours might hear? Looked at in every call. */
const asksForMore = (call: Call): boolean => mayUsePlugins(call) || mayUseTools(call);
