import { arrayOf, isObject, type Json, type JsonObject, optionalString, stringOf } from '../../base/json.ts';
import type { FoundPage } from '../../call/server-tool.ts';
import type { SearchQuery } from '../engine.ts';

/** A POST of JSON. */
export const posted = (url: string, headers: { readonly [name: string]: string }, body: JsonObject) =>
  ({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(body),
  }) as const;

export const asked = (url: string, query: { readonly [name: string]: string }, headers: object = {}) =>
  ({
    method: 'GET',
    url: `${url}?${new URLSearchParams(query)}`,
    headers: { accept: 'application/json', ...headers },
    body: null,
  }) as const;

/** The results of a list, by the names that their members have there. */
export function pagesIn(
  list: Json | undefined,
  names: { readonly text: (entry: JsonObject) => string; readonly date: string },
): FoundPage[] {
  return arrayOf(list).flatMap((entry): FoundPage[] => {
    if (!isObject(entry) || typeof entry.url !== 'string') return [];
    const publishedAt = optionalString(entry[names.date]);
    return [
      {
        url: entry.url,
        title: stringOf(entry.title),
        text: names.text(entry),
        ...(publishedAt !== undefined && { publishedAt }),
      },
    ];
  });
}

export const textsOf = (value: Json | undefined): string =>
  arrayOf(value)
    .filter((text) => typeof text === 'string')
    .join('\n…\n');

/** Engines without fields for domains understand operators in the text. */
export function withOperators({ text, allowedDomains, excludedDomains }: SearchQuery): string {
  const sites = allowedDomains.map((domain) => `site:${domain}`).join(' OR ');
  const others = excludedDomains.map((domain) => `-site:${domain}`).join(' ');
  return [text, sites, others].filter((part) => part !== '').join(' ');
}
