import type { JsonObject } from '../../../base/json.ts';
import type { Receipt } from '../../../facts/receipt.ts';
import { wholePathOfDialect } from '../../inference-routes.ts';
import { bodyOfOperation } from '../samples.ts';

const SAID = 'What you said';
const MESSAGES = { messages: [{ role: 'user', content: SAID }] };

/** What a chat says in each dialect, at its shortest. */
const CHATS: { readonly [dialect: string]: JsonObject } = {
  'openai-chat': MESSAGES,
  'openai-completions': { prompt: SAID },
  'openai-responses': { input: SAID },
  'anthropic-messages': { max_tokens: 1_024, ...MESSAGES },
  'cohere-chat': MESSAGES,
  ollama: MESSAGES,
  'ollama-generate': { prompt: SAID },
};
const GOOGLE = { contents: [{ role: 'user', parts: [{ text: SAID }] }] };

/** The same request as a command, but for what was said, which is not kept; null where forms are sent. */
export function curlOf(receipt: Receipt, origin: string): string | null {
  const { operation, clientDialect, requestedModel, streamed, sessionId, user } = receipt;
  const said = operation === 'chat' ? (CHATS[clientDialect] ?? GOOGLE) : bodyOfOperation(operation);
  if (said === null) return null;
  const path = pathIn(clientDialect);
  if (path === null) return null;
  const isGoogle = path.includes('{model}');
  const body = isGoogle
    ? said
    : {
        model: requestedModel,
        ...said,
        ...(streamed && { stream: true }),
        ...(sessionId !== null && { session_id: sessionId }),
        ...(user !== null && { user }),
      };
  const address = `${origin}${path.replace('{model}', encodeURIComponent(requestedModel))}`;
  return `curl ${quoted(address)} \\
  -H "Authorization: Bearer $SWITCHWRIGHT_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d ${quoted(JSON.stringify(body))}`;
}

function pathIn(dialect: string): string | null {
  try {
    return wholePathOfDialect(dialect);
  } catch {
    return null; // a dialect of an earlier release
  }
}

/** As one word of a POSIX shell, whatever a caller once sent. */
const quoted = (text: string): string => (/^[\w:/.@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
