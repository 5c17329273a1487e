export { openaiChatClient } from './client/client.ts';
export { openaiChatUpstream } from './upstream/upstream.ts';
