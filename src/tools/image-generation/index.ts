import { type JsonObject, stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { NO_MONEY } from '../../base/money.ts';
import { failed, ok } from '../../base/result.ts';
import { forbiddenIn } from '../../call/asked-gateway.ts';
import type { DrawnImage, ImageCall } from '../../call/image.ts';
import type { Source } from '../../call/message.ts';
import { type Complaints, newComplaints, readOneOf, readString } from '../../call/read.ts';
import { readShared } from '../../dialects/image-fields.ts';
import { failure, type ServerTool, TOO_DEEP } from '../tool.ts';

type Options = Omit<ImageCall, 'task' | 'prompt' | 'references' | 'stream' | 'models' | 'gateway' | 'model' | 'n'> & {
  readonly model: string | undefined;
};

/** The contract's own choice where the caller names no model (ImageGenerationServerToolConfig of @openrouter/sdk 1.3.19, read 2026-11-29). */
const CUSTOMARY = 'openai/gpt-5-image';
const CUSTOMARY_SANDBOX = 'sandbox/image';
/** Of one call of its caller. */
const USES_MAX = 8;

/** Draws a picture from words, for a model that does not draw itself. The client gets it, the model hears that it was drawn. */
export const imageGeneration: ServerTool<Options> = {
  id: 'image_generation',
  about: 'Draws a picture from the model’s words by a model that draws, and shows it to the client.',
  costs: `what the drawing model takes; at most ${USES_MAX} pictures a request`,
  fields: [
    {
      name: 'model',
      type: 'string',
      otherwise: 'openai/gpt-5-image',
      meaning: 'Who draws.',
    },
    {
      name: 'size',
      type: 'string',
      range: 'WIDTHxHEIGHT, 512, 1K, 2K, 4K, auto',
      meaning: 'How large.',
    },
    {
      name: 'resolution',
      type: 'string',
      range: '512, 1K, 2K, 4K',
      meaning: 'The same, as a tier.',
    },
    {
      name: 'aspect_ratio',
      type: 'string',
      range: '16:9 and the like',
      meaning: 'How wide to how high.',
    },
    {
      name: 'quality',
      type: 'string',
      range: 'auto, low, medium, high, …',
      meaning: 'How well.',
    },
    {
      name: 'background',
      type: 'string',
      range: 'auto, transparent, opaque',
      meaning: 'What stands behind.',
    },
    {
      name: 'output_format',
      type: 'string',
      range: 'png, jpeg, webp, svg, gif',
      meaning: 'The file.',
    },
    {
      name: 'output_compression',
      type: 'integer',
      range: '0–100',
      meaning: 'Of JPEG and WebP.',
    },
    {
      name: 'seed',
      type: 'integer',
      meaning: 'For the same picture again, where the model can.',
    },
  ],
  read: readOptions,
  open: ({ model, ...options }, { depth, isSandbox }) => {
    if (depth >= LIMITS.asks_depth_max) return failed(TOO_DEEP);
    let uses = 0;
    return ok({
      name: 'image_generation',
      description: 'Draws a picture from a description and shows it to the user. You do not see it yourself.',
      parameters: {
        type: 'object',
        properties: { prompt: { type: 'string', description: 'What the picture shows, in words.' } },
        required: ['prompt'],
      },
      priceMax: NO_MONEY,
      ms: LIMITS.asking_tool_ms,
      run: async (asked, { call, ask }) => {
        const prompt = stringOf(asked.prompt).trim();
        if (prompt === '') return failure('The argument "prompt" is missing.');
        if (prompt.length > LIMITS.image_prompt_length_max) return failure('The prompt is too long.', {});
        if (uses >= USES_MAX) return failure('The most pictures that this request allows have been drawn.', { prompt });
        uses++;
        const answered = await ask('images', {
          ...options,
          model: model ?? (isSandbox ? CUSTOMARY_SANDBOX : CUSTOMARY),
          models: [],
          task: 'generate',
          prompt,
          references: [],
          stream: false,
          ...(call.user !== undefined && { user: call.user }),
          gateway: forbiddenIn(call.gateway),
        });
        if (!answered.ok) return failure(`The picture could not be drawn: ${answered.error.message}`, { prompt });
        const [drawn] = answered.value.reply.images;
        if (!drawn) return failure('No picture came back.', { prompt });
        const revised = drawn.revisedPrompt;
        const told: JsonObject = { prompt, ...(revised !== undefined && { revisedPrompt: revised }) };
        return {
          result: JSON.stringify({ status: 'ok', shown_to_user: true, ...told }),
          shown: told,
          image: sourceOf(drawn),
          by: answered.value.model,
        };
      },
    });
  },
};

/** The fields are checked where they stand: messages name them below the tool's parameters. */
function readOptions(to: Complaints, said: JsonObject, path: string): Options {
  const own = newComplaints();
  const model = readString(own, said, 'model');
  const { n: _, ...shared } = readShared(own, said);
  readOneOf(own, said, 'moderation', ['auto', 'low']);
  if (own.first) to.first ??= { ...own.first, param: `${path}.${own.first.param ?? ''}` };
  return { model, ...shared };
}

const sourceOf = (drawn: DrawnImage): Source =>
  'url' in drawn
    ? { kind: 'url', url: drawn.url }
    : { kind: 'base64', mediaType: drawn.mediaType ?? 'image/png', data: drawn.base64 };
