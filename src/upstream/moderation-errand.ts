import { ok } from '../base/result.ts';
import type { ModerationCall } from '../call/moderation.ts';
import { addUsage } from '../call/usage.ts';
import type { Dialects } from '../dialects/dialect.ts';
import type { Errand } from './errand.ts';
import { wholeErrand } from './whole-errand.ts';

/** Things to be judged, each by itself. */
export const moderationErrand = (
  { dialects }: { readonly dialects: Dialects },
  call: ModerationCall,
): Errand<'moderations'> =>
  wholeErrand(
    {
      dialectAt: ({ endpoint }) => dialects.of('moderations', endpoint.dialect.id),
      parameters: ({ native }) => Object.keys(native?.fields ?? {}),
      entries: {
        name: 'inputs',
        param: 'input',
        countOf: ({ inputs }) => inputs.length,
        slice: (whole, from, to) => ({ ...whole, inputs: whole.inputs.slice(from, to) }),
        check: ok,
      },
      join: ([first, ...others]) => {
        const all = [first, ...others];
        const counts = all.flatMap(({ usage }) => usage ?? []);
        const usage = counts.length === all.length ? counts.reduce(addUsage) : undefined;
        return { results: all.flatMap(({ results }) => results), ...(usage && { usage }) };
      },
    },
    call,
  );
