import type { ServerResponse } from 'node:http';

/** A web of its own, so that searches can be tried without a key: three pages for any words, none for "nothing". */
export function searchWeb(url: string, response: ServerResponse): void {
  const query = new URL(url, 'http://sandbox').searchParams.get('q') ?? '';
  const words = query.trim() || 'nothing';
  const slug = words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60);
  const isBroken = /\bbroken\b/i.test(words);
  const results = /\bnothing\b/i.test(words) ? [] : NAMES.map((name, at) => pageOf(name, { words, slug, at }));
  response.writeHead(isBroken ? 503 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isBroken ? { error: 'out of order' } : { query, results }));
}

const NAMES = ['news', 'wiki', 'forum'];

type About = { readonly words: string; readonly slug: string; readonly at: number };

const pageOf = (name: string, { words, slug, at }: About) => ({
  url: `https://${name}.example/${slug}`,
  title: `${words.slice(0, 100)} (${name})`,
  content: `What the ${name} of the sandbox says of ${words.slice(0, 200)}.`,
  publishedDate: `2026-11-0${at + 1}`,
});
