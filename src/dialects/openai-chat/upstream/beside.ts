import { arrayOf, isObject, type Json, type JsonObject, objectOf, optionalString } from '../../../base/json.ts';
import type { Event } from '../../../call/event.ts';
import type { Usage } from '../../../call/usage.ts';
import { decodeUsage, type UsageConvention } from './usage.ts';

/** What stands beside the choices and is told at the end: the last usage seen, and Perplexity's sources. */
export type AnswerTail = {
  readonly note: (chunk: JsonObject) => void;
  /** A count that stands somewhere else: it matters where there is none in its place. */
  readonly spare: (usage: Json) => void;
  readonly usage: () => Usage | undefined;
  readonly cite: (out: Event[]) => void;
};

export function createBeside(convention: UsageConvention): AnswerTail {
  let usage: Json | undefined;
  let spareUsage: Json | undefined;
  let sources: JsonObject | undefined;
  return {
    note: (chunk) => {
      if (chunk.usage && countsAny(chunk.usage)) usage = chunk.usage;
      if (chunk.x_groq) spareUsage = objectOf(chunk.x_groq).usage ?? spareUsage;
      if (chunk.citations || chunk.search_results) sources = chunk;
    },
    spare: (told) => {
      spareUsage = told;
    },
    usage: () => decodeUsage(usage, convention) ?? decodeUsage(spareUsage, convention),
    cite: (out) => {
      if (sources) cite(sources, out);
    },
  };
}

/** Some send zeros in every chunk but one (MiniMax-AI/MiniMax-M2.5#2, read 2026-11-24). */
export function countsAny(usage: Json): boolean {
  if (!isObject(usage)) return false;
  for (const name in usage) {
    const value = usage[name];
    if (typeof value === 'number' && value > 0) return true;
  }
  return false;
}

/** `citations` are URLs, `search_results` know their titles: docs.perplexity.ai/api-reference, read 2026-11-22. */
function cite(chunk: JsonObject, out: Event[]): void {
  const results = arrayOf(chunk.search_results).map(objectOf);
  const urls = Array.isArray(chunk.citations) ? chunk.citations : results.map((result) => result.url ?? null);
  for (const entry of urls) {
    const url = isObject(entry) ? entry.url : entry;
    if (typeof url !== 'string') continue;
    const title = optionalString((isObject(entry) ? entry : results.find((result) => result.url === url))?.title);
    out.push({
      type: 'annotation',
      choice: 0,
      annotation: { type: 'url', url, ...(title !== undefined && { title }) },
    });
  }
}
