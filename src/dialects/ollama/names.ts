/** As receipts, and fields that only this dialect knows, name Ollama's API. */
export const OLLAMA = 'ollama';
