import { ok } from '../base/result.ts';
import type { DecisionCall } from '../call/decision.ts';
import type { Dialects } from '../dialects/dialect.ts';
import type { Errand } from './errand.ts';
import { wholeErrand } from './whole-errand.ts';

/** Questions about one thing: always one request, for the thing is what costs. */
export const decisionErrand = (
  { dialects }: { readonly dialects: Dialects },
  call: DecisionCall,
): Errand<'decisions'> =>
  wholeErrand(
    {
      dialectAt: ({ endpoint }) => dialects.of('decisions', endpoint.dialect.id),
      parameters: ({ native }) => Object.keys(native?.fields ?? {}),
      entries: {
        name: 'questions',
        param: 'questions',
        countOf: ({ questions }) => questions.length,
        slice: (whole, from, to) => ({ ...whole, questions: whole.questions.slice(from, to) }),
        check: ok,
      },
      join: ([first, ...others]) => ({ ...first, answers: [first, ...others].flatMap(({ answers }) => answers) }),
    },
    call,
  );
