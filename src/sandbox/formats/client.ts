import type { ReasoningFormat } from '../../call/message.ts';
import type { ClientDialect } from '../../dialects/dialect.ts';
import type { Format } from './format.ts';

/** Where a dialect has a client half, a provider is what that half's programs would talk to. */
export const formatOfClient = (dialect: ClientDialect, reasoningFormat: ReasoningFormat): Format => ({
  decodeCall: (body, { model, action }) =>
    dialect.decodeCall(body, { headers: {}, params: { model: action === '' ? model : `${model}:${action}` } }),
  encodeReply: dialect.encodeReply,
  encodeEvents: dialect.encodeEvents,
  encodeFault: (fault) => dialect.encodeFault(fault, { id: null }),
  streamContentType: dialect.streamContentType,
  reasoningFormat,
  brokenEvent: 'data: {"choices":[{"delta":{"cont\n\n',
});
