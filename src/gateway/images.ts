import { countOf, type ImageCall, type ImageReply } from '../call/image.ts';
import { type Usage, usageOf } from '../call/usage.ts';
import type { Modality } from '../catalog/model.ts';
import { kindOf, pixelCountOf } from '../dialects/image-size.ts';
import type { Target } from '../facts/target.ts';
import {
  type Drawn,
  estimateDrawing,
  exposuresOfDrawing,
  isBelievableDrawing,
  tokensOfImage,
} from '../metering/drawing.ts';
import { imageErrand } from '../upstream/image-errand.ts';
import type { CallContext, Delivery, Means, Operation } from './operation.ts';
import { plainQuestion } from './question.ts';
import { wholeDelivery } from './whole.ts';

/** Pictures are drawn, from words or from other pictures. */
export const images: Operation<'images'> = {
  id: 'images',
  isStreamed: ({ stream }) => stream,
  sizeOf: (call) => {
    const tokens = estimateDrawing(call);
    return { promptTokens: tokens * countOf(call), longestPromptTokens: tokens };
  },
  questionOf: (call, surroundings) => ({
    ...plainQuestion(call, surroundings),
    operation: 'images',
    inputModalities: modalitiesOf(call),
    outputModalities: ['image'],
  }),
  exposedOf: (call) => ({ exposures: exposuresOfDrawing(drawnOf(call)), call: null, times: 1 }),
  outputOf: (call) => ({ tokens: tokensOfImage(drawnOf(call)), answers: countOf(call) }),
  begin: (context, means) => {
    const { gateway, request } = context;
    const { world, memory } = gateway.upstream;
    const { dialects } = gateway;
    return {
      errand: imageErrand({ dialects, world, memory, who: request.caller.keyId }, request.call),
      delivery: withUnfinished(context, deliveryOf(context, means)),
    };
  },
};

const drawnOf = (call: ImageCall): Drawn => ({ call, pixels: pixelCountOf(call) });

const modalitiesOf = ({ references }: ImageCall): Modality[] => (references.length > 0 ? ['text', 'image'] : ['text']);

const deliveryOf = (context: CallContext<'images'>, means: Means): Delivery<'images'> => {
  const { promptTokens } = context.size;
  return wholeDelivery(context, means, {
    estimate: () => usageOf({ input: promptTokens, source: 'estimate' }),
    usageOf: (reply, target) => usageOfReply(reply, target, context),
  });
};

/** The vendor's count of tokens where it has one, and the pictures themselves, which everybody can count. */
function usageOfReply(
  { images: drawn, usage, settings }: ImageReply,
  { endpoint }: Target,
  { request: { call }, size: { promptTokens } }: CallContext<'images'>,
): Usage {
  const kind = kindOf(call, settings);
  const pieces = { outputImages: drawn.length, images: call.references.length, drawn: kind };
  if (usage && isBelievableDrawing(usage, promptTokens, drawn.length)) return { ...usage, ...pieces };
  const { price } = endpoint;
  const isByToken = (price.outputImage ?? price.output) > 0n;
  const outputImage = isByToken ? drawn.length * tokensOfImage(drawnOf(call)) : 0;
  return usageOf({ input: promptTokens, outputImage, ...pieces, source: 'estimate' });
}

/** What is unfinished is shown as it comes, once the intent is stored. */
function withUnfinished({ listener }: CallContext<'images'>, whole: Delivery<'images'>): Delivery<'images'> {
  let isStored = false;
  let waiting: (() => void)[] = [];
  return {
    ...whole,
    events: (steps, target) => {
      const show = (): void => listener.events(steps, target);
      if (isStored) show();
      else waiting.push(show);
    },
    stored: () => {
      isStored = true;
      for (const show of waiting) show();
      waiting = [];
    },
    abandon: () => {
      waiting = [];
    },
  };
}
