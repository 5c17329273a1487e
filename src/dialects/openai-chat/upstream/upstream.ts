import type { Call } from '../../../call/call.ts';
import type { Asset } from '../../../facts/asset.ts';
import type { Target } from '../../../facts/target.ts';
import type { UpstreamDialect } from '../../dialect.ts';
import { decodeFault } from '../../openai-fault.ts';
import { encodeCall } from './call.ts';
import { decodeEvents, decodeReply } from './events.ts';
import { QUIRKS } from './quirks.ts';
import { TRAITS } from './traits.ts';

/** Vendors fetch URLs themselves, except that OpenAI's takes files as bytes only. */
function assets(call: Call, { endpoint }: Target): Asset[] {
  if (!endpoint.dialect.quirks.includes('inline-files')) return [];
  return call.messages.flatMap((message) =>
    message.role !== 'user' && message.role !== 'tool'
      ? []
      : message.parts.flatMap((part): Asset[] =>
          part.type === 'file' && part.source.kind === 'url' ? [{ url: part.source.url, kind: 'file' }] : [],
        ),
  );
}

/** OpenAI's chat completions as most providers serve them. */
export const openaiChatUpstream: UpstreamDialect = {
  id: 'openai-chat',
  framing: 'sse',
  assets,
  encodeCall,
  decodeReply,
  decodeEvents,
  decodeFault,
  quirks: QUIRKS,
  traits: TRAITS,
};
