export const COHERE_CHAT = 'cohere-chat';
