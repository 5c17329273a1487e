import { decodeFault } from '../bedrock-fault.ts';
import type { UpstreamDialect } from '../dialect.ts';
import { encodeCall } from './call.ts';
import { decodeEvents } from './events.ts';
import { converseAssets } from './media.ts';
import { decodeReply } from './reply.ts';
import { TRAITS } from './traits.ts';

/** Amazon Bedrock's Converse and ConverseStream, as a provider is spoken to. */
export const bedrockConverseUpstream: UpstreamDialect = {
  id: 'bedrock-converse',
  framing: 'aws-event-stream',
  assets: converseAssets,
  encodeCall,
  decodeReply,
  decodeEvents,
  decodeFault,
  quirks: {},
  traits: TRAITS,
};
