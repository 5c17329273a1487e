import type { FieldGroup } from '../field.ts';

export const IMAGES: FieldGroup = {
  id: 'images',
  title: 'Images',
  intro:
    'Pictures are made from words, or from words and other pictures. The first path is OpenRouter’s, the others are OpenAI’s, which take the pictures to work on as image.',
  fields: [
    { name: 'prompt', type: 'string', meaning: 'What is to be seen.', example: 'A lighthouse at dusk.' },
    {
      name: 'input_references',
      type: 'array',
      meaning: 'Pictures to start from: URLs or data: URLs, by themselves or below image_url.',
      example: [{ type: 'image_url', image_url: { url: 'https://pictures.test/a.png' } }],
    },
    { name: 'n', type: 'integer', range: '≥ 1', otherwise: '1', meaning: 'How many pictures are made.', example: 2 },
    {
      name: 'size',
      type: 'string',
      range: 'auto, a resolution, or WIDTHxHEIGHT',
      meaning: 'How large a picture is, in pixels. A resolution means the same as in the field of that name.',
      example: '1024x1024',
    },
    {
      name: 'resolution',
      type: 'string',
      range: '512, 1K, 2K, 4K',
      meaning: 'How large, without a shape.',
      example: '1K',
    },
    { name: 'aspect_ratio', type: 'string', range: 'auto, or as 16:9', meaning: 'The shape.', example: '16:9' },
    {
      name: 'quality',
      type: 'string',
      range: 'auto, low, medium, high, and what single vendors know',
      meaning: 'How much work is put into it.',
      example: 'high',
    },
    {
      name: 'background',
      type: 'string',
      range: 'auto, transparent, opaque',
      meaning: 'Whether one can see through what is empty.',
      example: 'opaque',
    },
    {
      name: 'output_format',
      type: 'string',
      range: 'png, jpeg, webp, svg, gif',
      meaning: 'The format of the file.',
      example: 'png',
    },
    {
      name: 'output_compression',
      type: 'integer',
      range: '0 to 100',
      meaning: 'How far JPEG and WebP are compressed.',
      example: 80,
    },
    {
      name: 'seed',
      type: 'integer',
      meaning: 'The same number gives a similar picture, where the model can.',
      example: 7,
    },
  ],
};
