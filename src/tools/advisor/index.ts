import { stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { NO_MONEY } from '../../base/money.ts';
import { failed, ok } from '../../base/result.ts';
import { readBoolean } from '../../call/read.ts';
import {
  type AskedOptions,
  askedCall,
  readAsked,
  readTitle,
  textOfReply,
  transcriptOf,
  userMessage,
} from '../asked-chat.ts';
import { failure, type ServerTool, TOO_DEEP } from '../tool.ts';

type Options = AskedOptions & { readonly title: string; readonly forwardsTranscript: boolean };

/** Asks another model for advice, in the midst of an answer (openrouter:advisor of @openrouter/sdk 1.3.19, read 2026-11-29). */
export const advisor: ServerTool<Options> = {
  id: 'advisor',
  about:
    'Lets the model ask another one, usually a stronger one, for advice. Several advisors may be listed under names.',
  costs: 'what the advisor’s model takes; at most 64 models are asked within a request',
  fields: [
    {
      name: 'model',
      type: 'string',
      otherwise: 'the model of the request, or the one that the model names',
      meaning: 'Who is asked.',
    },
    {
      name: 'name',
      type: 'string',
      range: '≤ 64 letters, digits, spaces, underscores, dashes',
      meaning: 'Tells several advisors apart; each is a tool of its own.',
    },
    {
      name: 'instructions',
      type: 'string',
      range: '≤ 100,000',
      otherwise: 'none',
      meaning: 'What the advisor is told beforehand.',
    },
    {
      name: 'forward_transcript',
      type: 'boolean',
      otherwise: 'false',
      meaning: 'The advisor sees the whole conversation, and not the question alone.',
    },
    {
      name: 'max_completion_tokens',
      type: 'integer',
      range: '≥ 1',
      meaning: 'How much it may write.',
    },
    {
      name: 'reasoning',
      type: 'object',
      range: 'effort, max_tokens',
      meaning: 'How hard it is to think.',
    },
    {
      name: 'temperature',
      type: 'number',
      range: '0–2',
      meaning: 'Sampling of the advisor.',
    },
    {
      name: 'stream',
      type: 'boolean',
      otherwise: 'false',
      meaning: 'Taken, and without effect: the advice comes in one piece.',
    },
  ],
  nameOf: ({ title }) => title,
  read: (to, said, path) => {
    readBoolean(to, said, 'stream', `${path}.stream`); // the advice comes in one piece
    return {
      ...readAsked(to, said, path),
      title: readTitle(to, said, path),
      forwardsTranscript: readBoolean(to, said, 'forward_transcript', `${path}.forward_transcript`) === true,
    };
  },
  open: (options, { depth }, instance) => {
    if (depth >= LIMITS.asks_depth_max) return failed(TOO_DEEP);
    const { title, forwardsTranscript, model: fixed } = options;
    const named = title === '' ? '' : ` This one is called "${title}".`;
    const sees = forwardsTranscript ? 'It sees the whole conversation.' : 'It sees nothing but your prompt.';
    const instanceName = `openrouter_advisor__${instance}`;
    return ok({
      name: instance === 0 ? 'advisor' : instanceName,
      description: `Asks an advisor, another model, for guidance on a hard question.${named} ${sees}`,
      parameters: {
        type: 'object',
        properties: {
          prompt: { type: 'string', description: 'What to ask the advisor, with all that it needs to know.' },
          ...(fixed === undefined && { model: { type: 'string', description: 'The id of the model to ask.' } }),
        },
        ...(!forwardsTranscript && { required: ['prompt'] }),
      },
      priceMax: NO_MONEY,
      ms: LIMITS.asking_tool_ms,
      run: async (asked, { call, ask }) => {
        const prompt = stringOf(asked.prompt).trim();
        const chosen = stringOf(asked.model).trim();
        const model = fixed ?? (chosen === '' ? undefined : chosen);
        const shown = {
          prompt,
          ...(model !== undefined && { model }),
          ...(instance > 0 && { instance_name: instanceName }),
        };
        if (prompt === '' && !forwardsTranscript) return failure('The argument "prompt" is missing.', shown);
        const messages = [
          ...(forwardsTranscript ? transcriptOf(call.messages) : []),
          ...(prompt === '' ? [] : [userMessage(prompt)]),
        ];
        const { model: _, ...rest } = options;
        const asking = { ...rest, outer: call, messages, ...(model !== undefined && { model }) };
        const answered = await ask('chat', askedCall(asking));
        if (!answered.ok) return failure(`The advisor could not be asked: ${answered.error.message}`, shown);
        const advice = textOfReply(answered.value.reply);
        const told = { ...shown, model: answered.value.model };
        if (advice === '') return failure('The advisor said nothing.', told);
        return {
          result: JSON.stringify({ advice, model: answered.value.model }),
          shown: { ...told, advice },
          by: answered.value.model,
        };
      },
    });
  },
};
