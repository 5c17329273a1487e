import { arrayOf } from '../../base/json.ts';
import { ok } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import { readOneOf } from '../../call/read.ts';
import { type Catalog, findModel } from '../../catalog/catalog.ts';
import type { Endpoint } from '../../catalog/model.ts';
import { refuseOthers } from '../open.ts';
import type { Bent, Plugin } from '../plugin.ts';
import { compress } from './compress.ts';

const ENGINE = 'middle-out';
/** Models with no longer window shorten by default (openrouter.ai/docs, message transforms, read 2026-11-29). */
const SMALL_WINDOW = 8_192;
/** Our count is an estimate: so much of the window is left free of what it counts. */
const FILLED = 0.95;
/** Kept free for an answer whose length nobody named, at most a quarter of the window; for a named one at most half. */
const ANSWER_TOKENS = 1_024;

/** Makes prompts fit into windows that are too short for them, by what stands in their middle. */
export const contextCompression: Plugin = {
  id: 'context-compression',
  read: (to, entry, path) => {
    refuseOthers(to, entry, ['engine'], path);
    readOneOf(to, entry, 'engine', [ENGINE], `${path}.engine`);
    return null;
  },
  implied: ({ gateway }) =>
    arrayOf(gateway.extra?.transforms).includes(ENGINE) ? { id: 'context-compression' } : undefined,
  rescues: (call, { code }, { catalog }) =>
    code === 'context_length_exceeded' && call.gateway.extra?.transforms === undefined && isSmall(call, catalog)
      ? { id: 'context-compression' }
      : undefined,
  open: (_, { catalog, promptTokensOf }) => {
    let contexts: readonly number[] = [];
    return {
      call: (call) => {
        contexts = contextsOf(call, catalog);
        return ok(call);
      },
      // Where the first model is wide enough nothing is to be lost. Else half has to fit; where nothing is so wide, the widest is taken.
      fits: (promptTokens) => {
        const [first = promptTokens] = contexts;
        return first >= promptTokens ? promptTokens : Math.min(Math.ceil(promptTokens / 2), Math.max(...contexts));
      },
      leg: (call, { endpoint }) => fitted(call, endpoint, promptTokensOf),
    };
  },
};

const contextsOf = ({ model, models }: Call, catalog: Catalog): number[] =>
  [model ?? '', ...models].flatMap((name) => findModel(catalog, name)?.context ?? []);

function isSmall(call: Call, catalog: Catalog): boolean {
  const contexts = contextsOf(call, catalog);
  return contexts.length > 0 && Math.max(...contexts) <= SMALL_WINDOW;
}

function fitted(call: Call, { context, maxOutput }: Endpoint, promptTokensOf: (call: Call) => number): Bent {
  if (call.completion) return { call, losses: NONE }; // a text to be gone on with has no middle that could go
  const before = promptTokensOf(call);
  const asked = call.maxOutputTokens;
  const answer =
    asked === undefined ? Math.min(ANSWER_TOKENS, context / 4) : Math.min(asked, maxOutput ?? asked, context / 2);
  const room = Math.floor(context * FILLED - answer);
  if (before <= room) return { call, losses: NONE };
  const compressed = compress(call, room, promptTokensOf);
  if (!compressed) return { call, losses: [{ field: 'messages', reason: 'could not be shortened to fit the window' }] };
  const { dropped, shortened } = compressed;
  const what = [
    ...(dropped > 0 ? [`${dropped} of ${call.messages.length} messages left out`] : []),
    ...(shortened > 0 ? [`${shortened} ${shortened === 1 ? 'text' : 'texts'} shortened`] : []),
  ].join(', ');
  const reason = `${what} from the middle, to fit a window of ${context} tokens`;
  return { call: compressed.call, losses: [{ field: 'messages', reason }] };
}

const NONE: Bent['losses'] = [];
