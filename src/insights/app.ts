import { createHash } from 'node:crypto';
import type { WireHeaders } from '../base/world.ts';
import type { App } from '../facts/caller.ts';

const ORIGIN_LENGTH_MAX = 200;
const TITLE_LENGTH_MAX = 80;
const CATEGORIES_MAX = 2;
const CATEGORY = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const CATEGORY_LENGTH_MAX = 30;
const LOCAL_ORIGIN = /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\]|[^/:]*\.localhost)(:\d+)?$/;

const titleOf = (text: string): string =>
  text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, TITLE_LENGTH_MAX);

/**
 * The app a request comes from: the origin of `HTTP-Referer`. A title alone names none, and a program on localhost
 * needs one, for `http://localhost:3000` says nothing (spec §7.7). Categories that are none are dropped silently.
 */
export function appOf(headers: WireHeaders): App | null {
  const referer = headers['http-referer'] ?? headers.referer;
  if (referer === undefined || referer.length > 4 * ORIGIN_LENGTH_MAX || !URL.canParse(referer)) return null;
  const url = new URL(referer);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  const title = titleOf(headers['x-openrouter-title'] ?? headers['x-title'] ?? '');
  if (LOCAL_ORIGIN.test(url.origin) && title === '') return null;
  if (url.origin.length > ORIGIN_LENGTH_MAX) return null;
  const categories = (headers['x-openrouter-categories'] ?? '')
    .split(',')
    .map((category) => category.trim())
    .filter((category) => category.length <= CATEGORY_LENGTH_MAX && CATEGORY.test(category))
    .slice(0, CATEGORIES_MAX);
  return { origin: url.origin, title: title === '' ? url.hostname : title, categories };
}

/** What an app is counted under: its origin; programs on localhost, which share theirs, by their title. */
export const appId = (app: App): string => (LOCAL_ORIGIN.test(app.origin) ? `${app.origin} ${app.title}` : app.origin);

/** A number that stands for an app, as the contract has it: it follows from its id, which mostly is an origin. */
export const appNumber = (id: string): number =>
  Number.parseInt(createHash('sha256').update(id).digest('hex').slice(0, 8), 16) >>> 1;
