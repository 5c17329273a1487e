export const OPENAI_TRANSCRIPTION = 'openai-transcription';
