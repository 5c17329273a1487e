import { arrayOf, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { failed, ok } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import type { ImageDialect } from '../dialect.ts';
import { decodeGeminiFault } from '../gemini-fault.ts';
import { type Capabilities, FREE, lossesBeside, oneOf, upTo } from '../image-capabilities.ts';
import { ownFields } from '../image-options.ts';
import { imageReply, readImage, refusedDrawing } from '../image-reply.ts';
import { nearestRatio, nearestResolution } from '../image-size.ts';
import { notTaken } from '../image-sources.ts';

const IMAGEN = 'imagen';
/** `sampleCount` of Imagen 4 (@ai-sdk/google 3.0.141, ai.google.dev/gemini-api/docs/imagen, read 2026-11-29). */
const IMAGES_MAX = 4;
const RATIOS: readonly string[] = ['1:1', '3:4', '4:3', '9:16', '16:9'];

const takes = (): Capabilities => ({
  n: upTo(IMAGES_MAX),
  size: FREE,
  resolution: oneOf('1K', '2K'),
  aspect_ratio: oneOf(...RATIOS),
  output_format: oneOf('png', 'jpeg'),
  output_compression: upTo(100, 0),
});

/** Google's `:predict`, as Imagen is served on the Gemini API and on Vertex AI. */
export const imagenUpstream: ImageDialect = {
  id: IMAGEN,
  entriesMax: () => IMAGES_MAX,
  assets: () => [],
  encodeCall: (call, target) => {
    if (call.references.length > 0) return failed(notTaken(target, 'pictures to start from'));
    const losses: Loss[] = lossesBeside(takes(), call, target);
    const ratio = nearestRatio(call, RATIOS);
    const resolution = nearestResolution(call, ['1K', '2K']);
    const isWritten = call.format === 'png' || call.format === 'jpeg';
    if (call.format !== undefined && !isWritten)
      losses.push({ field: 'output_format', reason: 'Imagen writes PNG and JPEG only' });
    const parameters: JsonObject = {
      ...ownFields(call, target, IMAGEN, losses),
      sampleCount: call.n ?? 1,
      ...(ratio !== undefined && { aspectRatio: ratio }),
      ...(resolution !== undefined && { sampleImageSize: resolution }),
      ...(isWritten && {
        outputOptions: {
          mimeType: `image/${call.format}`,
          ...(call.compression !== undefined && { compressionQuality: call.compression }),
        },
      }),
    };
    const body = { instances: [{ prompt: call.prompt }], parameters };
    return ok({ path: `/models/${target.endpoint.upstreamId}:predict`, headers: {}, body, losses });
  },
  decodeReply: (body, { target }) => {
    const predictions = arrayOf(objectOf(body).predictions).map(objectOf);
    // What its filter stops has a reason in the place of a picture, or is left out.
    const filtered = predictions.find(({ raiFilteredReason }) => raiFilteredReason !== undefined);
    const drawn = predictions.filter(({ bytesBase64Encoded }) => bytesBase64Encoded !== undefined);
    if (drawn.length === 0 && filtered) return failed(refusedDrawing(target, stringOf(filtered.raiFilteredReason)));
    const isEmpty = Object.keys(objectOf(body)).length === 0;
    if (isEmpty) return failed(refusedDrawing(target, 'it answered without a picture'));
    return imageReply(
      drawn.map((entry) => readImage(entry.bytesBase64Encoded, stringOf(entry.prompt))),
      {},
      target,
      body,
    );
  },
  takes,
  decodeFault: decodeGeminiFault,
  quirks: {},
};
