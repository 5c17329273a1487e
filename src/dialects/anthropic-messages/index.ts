export { countTokensRequest } from './client/call.ts';
export { anthropicMessagesClient } from './client/index.ts';
export { anthropicMessagesUpstream, bedrockInvokeAnthropic } from './upstream/index.ts';
