export const OPENAI_SPEECH = 'openai-speech';
