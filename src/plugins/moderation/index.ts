import { fault } from '../../base/fault.ts';
import { LIMITS } from '../../base/limits.ts';
import { NO_MONEY } from '../../base/money.ts';
import { failed, ok } from '../../base/result.ts';
import { forbiddenIn } from '../../call/asked-gateway.ts';
import type { Call } from '../../call/call.ts';
import type { UserPart } from '../../call/message.ts';
import { readOneOf, readString } from '../../call/read.ts';
import { findModel } from '../../catalog/catalog.ts';
import { refuseOthers } from '../open.ts';
import type { Plugin, PluginMeans } from '../plugin.ts';

type Options = { readonly model: string | undefined; readonly action: 'block' | 'flag' };

/** What OpenAI takes a moderation to mean that names no model; it costs nothing (its API reference, read 2026-11-29). */
const CUSTOMARY = 'openai/omni-moderation-latest';
const CUSTOMARY_SANDBOX = 'sandbox/moderate';
const QUOTED = 100;

/**
 * Has what the user says judged before it is sent (ModerationPlugin of @openrouter/sdk 1.3.19, read 2026-11-29). `model` and
 * `action` are words of ours. What cannot be judged is not sent.
 */
export const moderation: Plugin<Options> = {
  id: 'moderation',
  read: (to, entry, path) => {
    refuseOthers(to, entry, ['model', 'action'], path);
    return {
      model: readString(to, entry, 'model', `${path}.model`),
      action: readOneOf(to, entry, 'action', ['block', 'flag'], `${path}.action`) ?? 'block',
    };
  },
  open: ({ model: named, action }, means) => {
    const model = named ?? (means.isSandbox ? CUSTOMARY_SANDBOX : CUSTOMARY);
    return {
      ahead: (call) => {
        const parts = judgedParts(call, model, means);
        if (parts.length === 0) return null;
        return {
          priceMax: NO_MONEY,
          ms: LIMITS.plugin_ms,
          run: async (_, ask) => {
            const { gateway, blobs, user } = call;
            const judged = await ask('moderations', {
              model,
              models: [],
              inputs: [{ type: 'content', parts }],
              gateway: forbiddenIn(gateway),
              ...(blobs && { blobs }),
              ...(user !== undefined && { user }),
            });
            if (!judged.ok) return judged;
            const { reply, model: by } = judged.value;
            const flagged = reply.results.flatMap((one) =>
              one.flagged ? Object.keys(one.categories).filter((category) => one.categories[category]) : [],
            );
            const isFlagged = reply.results.some((one) => one.flagged);
            if (isFlagged && action === 'block') return failed(refusal(parts, flagged, by));
            const note = isFlagged ? `flagged: ${flagged.join(', ')}` : 'nothing was flagged';
            return ok({ call, cost: NO_MONEY, by, pages: [], note });
          },
        };
      },
    };
  },
};

/** What was said since the last answer: what came before was judged then. Pictures where the model takes them. */
function judgedParts({ messages, completion }: Call, model: string, { catalog }: PluginMeans): readonly UserPart[] {
  if (completion)
    return completion.prompts.flatMap((prompt) =>
      typeof prompt === 'string' ? [{ type: 'text' as const, text: prompt }] : [],
    );
  const seesPictures = findModel(catalog, model)?.input.includes('image') ?? false;
  const since = messages.findLastIndex(({ role }) => role === 'assistant') + 1;
  return messages
    .slice(since)
    .flatMap((message) => (message.role === 'user' ? message.parts : []))
    .filter(({ type }) => type === 'text' || (type === 'image' && seesPictures));
}

/** OpenRouter's words for it (openrouter.ai/docs/api-reference/errors, read 2026-11-29). */
function refusal(parts: readonly UserPart[], reasons: readonly string[], model: string) {
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join(' ');
  const quoted = text.length > QUOTED ? `${text.slice(0, QUOTED / 2)}…${text.slice(-QUOTED / 2)}` : text;
  return fault(
    'permission_denied',
    `The input was flagged by ${model}: ${reasons.join(', ') || 'no category named'}.`,
    {
      metadata: { reasons, flagged_input: quoted, model_slug: model },
    },
  );
}
