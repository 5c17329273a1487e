export const OPENROUTER_IMAGES = 'openrouter-images';
