import { ok } from '../base/result.ts';
import type { SpeechCall } from '../call/speech.ts';
import type { Dialects } from '../dialects/dialect.ts';
import type { Errand } from './errand.ts';

/** A text to be spoken: one exchange with any endpoint, whose answer is passed on as it comes. */
export const speechErrand = ({ dialects }: { readonly dialects: Dialects }, call: SpeechCall): Errand<'speech'> => ({
  isStreamed: true,
  isContent: ({ type }) => type === 'bytes',
  blobs: call.blobs ?? [],
  isLarge: call.isLarge === true,
  parameters: () => (call.gateway.strict ? 'everything' : parametersOf(call)),
  translate: (target) => {
    const dialect = dialects.of('speech', target.endpoint.dialect.id);
    return ok([
      {
        accept: dialect.accept,
        assets: () => [],
        encode: () => dialect.encodeCall(call, target),
        quirks: dialect.quirks,
        read: (headers, sink) => {
          const decoder = dialect.decodeSteps({ target, call, headers });
          return {
            push: (bytes) => {
              const steps = decoder.push(bytes);
              if (steps.length > 0) sink.events(steps);
            },
            end: () => sink.events(decoder.end()),
            // Audio has no last word by which its end could be known.
            cut: () => {},
          };
        },
        decodeFault: dialect.decodeFault,
      },
    ]);
  },
  join: ([only]) => only,
});

const parametersOf = ({ speed, instructions, reference, native }: SpeechCall): string[] => [
  ...(speed === undefined ? [] : ['speed']),
  ...(instructions === undefined ? [] : ['instructions']),
  ...(reference === undefined ? [] : ['input_references']),
  ...Object.keys(native?.fields ?? {}),
];
