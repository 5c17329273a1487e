export const OPENAI_IMAGES = 'openai-images';
