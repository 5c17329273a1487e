import type { FieldGroup } from '../field.ts';

export const MODERATIONS: FieldGroup = {
  id: 'moderations',
  title: 'Moderations',
  intro: 'Texts and images are judged: whether they are flagged, and a score for each of the model’s categories.',
  fields: [
    {
      name: 'input',
      type: 'string | array',
      range: '1 to 2,048 texts',
      meaning:
        'A text, several texts with a judgement each, or the parts of one input: {type: "text", text} and {type: "image_url", image_url: {url}}. Without model, OpenAI’s omni-moderation-latest is meant.',
      example: ['How are you today?'],
    },
  ],
};
