export { openaiChatClient } from './client/client.ts';
