import { fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { NO_MONEY } from '../../base/money.ts';
import { failed, ok } from '../../base/result.ts';
import { readString } from '../../call/read.ts';
import { failure, type ServerTool } from '../tool.ts';

type Options = { readonly model: string; readonly fields: JsonObject };

/** The contract's customary one. */
const MODEL = 'openai/gpt-5-image';

/** Draws by another model; the picture becomes part of the answer. */
export const imageGeneration: ServerTool<Options> = {
  id: 'image_generation',
  about: 'Draws a picture by another model, which becomes part of the answer.',
  costs: 'what the picture costs there',
  read: (to, said, path) => {
    const { model: _, prompt: __, n: ___, stream: ____, ...fields } = said;
    return { model: readString(to, said, 'model', `${path}.model`) ?? MODEL, fields };
  },
  open: ({ model, fields }, { draw }) => {
    if (!draw) return failed(fault('invalid_request', 'Pictures cannot be drawn within this call.'));
    return ok({
      name: 'image_generation',
      description: 'Generates an image from a description, and shows it to the user.',
      parameters: {
        type: 'object',
        properties: { prompt: { type: 'string', description: 'What the image shows.' } },
        required: ['prompt'],
      },
      priceMax: NO_MONEY, // asked for when the model is chosen
      ms: LIMITS.drawing_tool_ms,
      run: async (asked, running) => {
        const prompt = stringOf(asked.prompt);
        if (prompt === '') return failure('The argument "prompt" is missing.');
        const drawn = await draw({ ...fields, model, prompt }, running);
        if (!drawn.ok) return failure(`The image could not be drawn: ${drawn.error.message}`, { prompt });
        const { sources, cost, model: by } = drawn.value;
        const [first] = sources;
        const url = first?.kind === 'url' ? first.url : undefined;
        const data = first?.kind === 'base64' ? first.data : undefined;
        return {
          result: JSON.stringify({ status: 'The image was generated and is shown to the user.' }),
          shown: { prompt, result: data ?? url ?? null, ...(url !== undefined && { imageUrl: url }) },
          pictures: sources,
          cost,
          by,
        };
      },
    });
  },
};
