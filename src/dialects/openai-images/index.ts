import type { ImageDialect } from '../dialect.ts';
import { imageAssets } from '../image-sources.ts';
import { decodeFault } from '../openai-fault.ts';
import { decodeFrames } from '../openai-image-events.ts';
import { decodeReply } from '../openai-image-reply.ts';
import { BASE64_ONLY, encodeCall, IMAGES_MAX, STREAMS_IMAGES, streams, takes } from './call.ts';
import { OPENAI_IMAGES } from './name.ts';

/** OpenAI's image API, as many hosts serve it. */
export const openaiImagesUpstream: ImageDialect = {
  id: OPENAI_IMAGES,
  entriesMax: () => IMAGES_MAX,
  assets: imageAssets,
  encodeCall,
  decodeReply,
  decodeFrames,
  streams,
  takes,
  decodeFault,
  quirks: {
    [BASE64_ONLY]: {
      why: 'Answers in base64 always and refuses `response_format` (image generation guide of OpenAI, read 2026-11-29).',
    },
    [STREAMS_IMAGES]: {
      why: 'Takes `stream` and shows unfinished pictures (image generation guide of OpenAI, read 2026-11-29).',
    },
  },
};
