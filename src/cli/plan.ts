import { parseArgs } from 'node:util';
import { type Json, parseJson } from '../base/json.ts';
import { openaiChatClient } from '../dialects/openai-chat/index.ts';
import { questionOf } from '../gateway/chat/question.ts';
import { routedWords } from '../router/grounds-words.ts';
import { plan } from '../router/plan.ts';
import { realWorld } from '../upstream/world.ts';
import { problemText, readServing } from './catalogue.ts';
import type { Configuration } from './configuration.ts';
import { UsageError, wholeNumber, wrapped } from './usage.ts';

/** `switchwright plan MODEL …`: where a chat completion would go and why, without sending it. */
export async function planCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      provider: { type: 'string', default: '{}' },
      tools: { type: 'boolean', default: false },
      image: { type: 'boolean', default: false },
      'prompt-tokens': { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const promptTokens = wholeNumber(values['prompt-tokens'], '--prompt-tokens', 0);
  const seed = wholeNumber(values.seed, '--seed', 0);
  const call = openaiChatClient.decodeCall(bodyOf(positionals, values), { headers: {}, params: {} });
  if (!call.ok) throw new UsageError(call.error.message);
  const serving = await readServing(configuration, realWorld());
  if (!serving.ok) {
    console.error(`The catalogue has problems:\n${problemText(serving.error)}`);
    return 1;
  }
  const { catalog, enabled } = serving.value;
  const health = { of: () => undefined };
  const decided = plan(questionOf(call.value, { catalog, enabled, health, seed, promptTokens }));
  if (values.json) {
    const candidates = decided.candidates.map(({ endpoint, reason }) => ({ endpoint: endpoint.id, reason }));
    const { routed, rejected, fault } = decided;
    console.log(JSON.stringify({ ...(routed && { routed }), candidates, rejected, fault: fault ?? null }, null, 2));
    return decided.fault ? 1 : 0;
  }
  for (const line of decided.routed?.flatMap(routedWords) ?? []) console.log(wrapped(line));
  decided.candidates.forEach(({ endpoint, reason }, at) => tell(`${at + 1}.`, endpoint.id, reason));
  for (const { model, endpoint, step, reason } of decided.rejected) tell('–', endpoint || model, `${step}: ${reason}`);
  if (decided.fault) console.error(wrapped(decided.fault.message));
  return decided.fault ? 1 : 0;
}

/** The chat completion that the words describe, as a client would send it. */
function bodyOf(
  [model, ...models]: readonly string[],
  { provider, tools, image }: { provider: string; tools: boolean; image: boolean },
): { [name: string]: Json } {
  if (model === undefined) throw new UsageError('Which model?');
  const preferences = parseJson(provider);
  if (preferences === undefined) throw new UsageError('--provider takes a JSON object, such as \'{"sort":"price"}\'.');
  const shown = { type: 'image_url', image_url: { url: 'data:image/png;base64,' } };
  return {
    model,
    ...(models.length > 0 && { models }),
    ...(tools && { tools: [{ type: 'function', function: { name: 'any', parameters: { type: 'object' } } }] }),
    provider: preferences,
    messages: [{ role: 'user', content: [{ type: 'text', text: '' }, ...(image ? [shown] : [])] }],
  };
}

const ID_COLUMNS = 42;

/** On one line where that fits a terminal; else the reason stands below. */
export function tell(mark: string, endpoint: string, reason: string): void {
  const id = `${mark.padStart(4)} ${endpoint}`;
  const line = `${id.padEnd(ID_COLUMNS)} ${reason}`;
  console.log(line.length <= 80 && id.length <= ID_COLUMNS ? line : `${id}\n${wrapped(reason, '       ', '       ')}`);
}
