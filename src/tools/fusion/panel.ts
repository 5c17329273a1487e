import { type Fault, faultRow } from '../../base/fault.ts';
import type { Result } from '../../base/result.ts';
import type { FoundPage } from '../../call/server-tool.ts';
import type { Answered } from '../../facts/asking.ts';
import { textOfReply } from '../asked-chat.ts';

/** What a panel has answered. */
export type Panel = {
  readonly responses: readonly { readonly model: string; readonly content: string }[];
  readonly failed: readonly { readonly model: string; readonly error: string; readonly statusCode: number }[];
  /** What they cited. */
  readonly pages: readonly FoundPage[];
};

/** As the outer model is shown each of the answers. */
const CONTENT_LENGTH_MAX = 10_000;
const PAGES_MAX = 50;

/** Asks all of them side by side; `null` = whichever the outer call names. */
export async function askPanel(
  models: readonly (string | null)[],
  ask: (model: string | null) => Promise<Result<Answered<'chat'>, Fault>>,
): Promise<Panel> {
  const responses: { model: string; content: string }[] = [];
  const failed: { model: string; error: string; statusCode: number }[] = [];
  const pages = new Map<string, FoundPage>();
  const answers = await Promise.all(models.map(async (model) => ({ model: model ?? '', answered: await ask(model) })));
  for (const { model, answered } of answers) {
    if (!answered.ok) {
      failed.push({ model, error: answered.error.message, statusCode: faultRow(answered.error).status });
      continue;
    }
    const { reply } = answered.value;
    const content = textOfReply(reply).slice(0, CONTENT_LENGTH_MAX);
    if (content === '') failed.push({ model, error: 'The model said nothing.', statusCode: 200 });
    else responses.push({ model: answered.value.model, content });
    for (const annotation of reply.choices[0]?.annotations ?? [])
      if (annotation.type === 'url')
        pages.set(annotation.url, {
          url: annotation.url,
          title: annotation.title ?? '',
          text: annotation.content ?? '',
        });
  }
  return { responses, failed, pages: [...pages.values()].slice(0, PAGES_MAX) };
}
