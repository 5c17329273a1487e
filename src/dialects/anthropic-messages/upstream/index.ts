import type { Frame } from '../../../base/frame.ts';
import { isObject, type JsonObject, parseJson } from '../../../base/json.ts';
import type { UpstreamDialect } from '../../dialect.ts';
import { DIALECT } from '../words.ts';
import { urlsOf } from './assets.ts';
import { encodeCall } from './call.ts';
import { decodeEvents, decodeReply } from './events.ts';
import { decodeFault } from './fault.ts';
import { CLAUDE_QUIRKS, QUIRKS } from './quirks.ts';
import { ANTHROPIC_TRAITS, CLAUDE_TRAITS } from './traits.ts';
import { BEDROCK_INVOKE, MESSAGES_API, type Transport } from './transport.ts';

const over = (
  transport: Transport,
): Pick<UpstreamDialect, 'assets' | 'encodeCall' | 'decodeReply' | 'decodeFault'> => ({
  assets: (call, target) => (transport.inline(target) ? urlsOf(call) : []),
  encodeCall: (call, target, assets) => encodeCall(call, target, assets, transport),
  decodeReply,
  decodeFault,
});

/** Anthropic's Messages API, its compatible hosts, and (quirk `vertex`) Claude on Vertex AI. */
export const anthropicMessagesUpstream: UpstreamDialect = {
  id: DIALECT,
  framing: 'sse',
  ...over(MESSAGES_API),
  decodeEvents,
  quirks: QUIRKS,
  traits: ANTHROPIC_TRAITS,
};

/** The same dialect through AWS Bedrock's InvokeModel: other paths, and events wrapped into an AWS event stream. */
export const bedrockInvokeAnthropic: UpstreamDialect = {
  id: 'bedrock-invoke-anthropic',
  framing: 'aws-event-stream',
  ...over(BEDROCK_INVOKE),
  decodeEvents: (upstream) => {
    const inner = decodeEvents(upstream);
    return { push: (frame) => inner.push(unwrap(frame)), end: inner.end };
  },
  quirks: CLAUDE_QUIRKS,
  traits: CLAUDE_TRAITS,
};

/** A `chunk` event holds one message as `{"bytes": base64}`; the paddings `p` beside it mean nothing. */
function unwrap(frame: Frame): Frame {
  if (frame.exception) return frame;
  const payload = parseJson(frame.data);
  const bytes = isObject(payload) ? (payload as JsonObject).bytes : undefined;
  return typeof bytes === 'string' ? { event: null, data: Buffer.from(bytes, 'base64').toString('utf8') } : frame;
}
