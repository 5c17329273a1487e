import type { FieldGroup } from '../field.ts';

export const DECISIONS: FieldGroup = {
  id: 'decisions',
  title: 'Decisions',
  intro:
    'Typed questions about something, each answered with probabilities instead of words. At every path both current shapes are understood and answered in their own way: state with questions by name (System One, OpenRouter’s), and OpenAI’s input with a list of questions of the types predicate, choice and score.',
  fields: [
    {
      name: 'state',
      type: 'string | object | array',
      meaning: 'What is decided about. In OpenAI’s shape: input, a text or the items of a conversation.',
      example: 'I was charged twice in September.',
    },
    {
      name: 'questions',
      type: 'object | array',
      range: '1 to 400 questions',
      meaning:
        'By name: noul asks for the probability that something is true, choice for one of its criteria, score for a place on a scale whose levels are its criteria, the lowest first. instructions and criteria are texts, objects or arrays.',
      example: {
        refund: { type: 'noul', instructions: 'Does the customer want money back?' },
        team: { type: 'choice', instructions: 'Who should answer?', criteria: { billing: 'Charges', technical: null } },
        anger: { type: 'score', instructions: 'How angry is the customer?', criteria: ['calm', 'upset', 'furious'] },
      },
    },
  ],
};
