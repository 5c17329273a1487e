import { objectOf } from '../../base/json.ts';
import type { ImageDialect, UpstreamDialect } from '../dialect.ts';
import { imagesByChat } from '../images-by-chat.ts';

/** `imageConfig.aspectRatio` and `imageSize` (ai.google.dev/gemini-api/docs/image-generation, as @ai-sdk/google 3.0.141 types them, read 2026-11-29). */
const RATIOS: readonly string[] = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];

/** Gemini models that draw, asked for pictures by the `generateContent` of their chats. Those of 2.5 draw in one resolution. */
export const geminiImages = (chat: UpstreamDialect): ImageDialect =>
  imagesByChat('gemini-images', chat, {
    ratios: RATIOS,
    resolutions: ({ endpoint }) => (/gemini-2\.5/.test(endpoint.upstreamId) ? [] : ['1K', '2K', '4K']),
    own: (body, fields) =>
      Object.keys(fields).length === 0
        ? body
        : { ...body, generationConfig: { ...fields, ...objectOf(body.generationConfig) } },
  });
