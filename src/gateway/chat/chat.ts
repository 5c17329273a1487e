import { mayUsePlugins } from '../../plugins/open.ts';
import type { Operation } from '../operation.ts';
import { extend } from './extend.ts';
import { plainChat } from './plain.ts';

/** A conversation is answered, or a text completed: streamed or whole. */
export const chat: Operation<'chat'> = {
  ...plainChat,
  extend: (gateway, request, listener) => (mayUsePlugins(request.call) ? extend(gateway, request, listener) : null),
};
