import type { FieldGroup } from '../field.ts';

export const VIDEOS: FieldGroup = {
  id: 'videos',
  title: 'Videos',
  intro:
    'A video takes minutes: the answer (202) names a job, which is asked about at its polling_url until its status is completed, failed, cancelled or expired, also after a restart of this gateway. What was made is fetched at unsigned_urls, for a day; only what was delivered is charged. Both OpenRouter’s and OpenAI’s programs ask at this path: a form, or a body with seconds or input_reference, is answered in OpenAI’s words. Jobs are listed by GET /videos, cancelled by POST /videos/{id}/cancel where their provider can, and forgotten by DELETE /videos/{id}.',
  fields: [
    {
      name: 'prompt',
      type: 'string',
      meaning: 'What is to be seen and heard. Required, unless a picture says it.',
      example: 'Waves roll against a lighthouse at dusk.',
    },
    {
      name: 'duration',
      type: 'integer',
      range: '≥ 1',
      otherwise: 'the model’s own',
      meaning: 'How many seconds. What a model cannot film is refused, not rounded. OpenAI calls it seconds.',
      example: 8,
    },
    {
      name: 'resolution',
      type: 'string',
      range: '360p, 480p, 720p, 768p, 1080p, 1K, 2K, 4K',
      meaning: 'How many lines a picture has.',
      example: '720p',
    },
    { name: 'aspect_ratio', type: 'string', range: 'as 16:9', meaning: 'The shape.', example: '16:9' },
    {
      name: 'size',
      type: 'string',
      range: 'WIDTHxHEIGHT',
      meaning: 'Pixels, in place of resolution and shape.',
      example: '1280x720',
    },
    {
      name: 'frame_images',
      type: 'array',
      meaning:
        'Pictures that it begins and ends with: each is an image_url with a frame_type of first_frame or last_frame.',
      example: [{ type: 'image_url', image_url: { url: 'https://pictures.test/a.png' }, frame_type: 'first_frame' }],
    },
    {
      name: 'input_references',
      type: 'array',
      meaning: 'Pictures of what shall be seen in it.',
      example: [{ type: 'image_url', image_url: { url: 'https://pictures.test/b.png' } }],
    },
    {
      name: 'input_reference',
      type: 'file or object',
      meaning: 'OpenAI’s word for the first frame: a file of the form, or an image_url.',
      example: { image_url: 'data:image/png;base64,iVBORw0KGgo=' },
    },
    {
      name: 'generate_audio',
      type: 'boolean',
      meaning: 'Whether there is sound, where a model can be told.',
      example: true,
    },
    {
      name: 'seed',
      type: 'integer',
      meaning: 'The same number gives a similar video, where the model can.',
      example: 7,
    },
    {
      name: 'callback_url',
      type: 'string',
      range: 'HTTPS',
      meaning:
        'Is posted the end of the job: its type is video.generation.completed, failed, cancelled or expired, its data what GET /videos/{id} answers. X-OpenRouter-Signature is t=SECONDS,v1=HEX, an HMAC-SHA256 over SECONDS, a comma and the body by the key that GET /callbacks/secret tells; X-OpenRouter-Idempotency-Key is the same for every try. Tried eight times in some hours, never into a private network.',
      example: 'https://example.com/done',
    },
  ],
};
