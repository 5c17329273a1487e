export const OPENAI_MODERATIONS = 'openai-moderations';
