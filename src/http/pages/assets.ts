import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isObject, objectOf, parseJson, stringOf } from '../../base/json.ts';
import type { Route, RouteAnswer } from '../route.ts';

const CONSOLE = resolve(import.meta.dirname, '../../../console');
const CONTENT_TYPES: { readonly [extension: string]: string } = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

export type Assets = {
  readonly stylesheet: string;
  /** Null when the console has not been built: pages are complete without it. */
  readonly script: string | null;
  /** Everything below `/assets/`, by name. */
  readonly files: ReadonlyMap<
    string,
    { readonly text: string; readonly contentType: string; readonly hashed: boolean }
  >;
};

/** Reads what Vite built. Without a build the hand-kept stylesheet is served as it is, and no script. */
export function readAssets(root: string = CONSOLE): Assets {
  const built = join(root, 'dist');
  const files = new Map<string, { text: string; contentType: string; hashed: boolean }>();
  const add = (name: string, path: string, hashed: boolean): void => {
    const contentType = CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)];
    if (contentType) files.set(name, { text: readFileSync(path, 'utf8'), contentType, hashed });
  };
  add('console.css', join(root, 'src/console.css'), false);
  const bare: Assets = { stylesheet: '/assets/console.css', script: null, files };
  const manifestFile = join(built, 'manifest.json');
  if (!existsSync(manifestFile)) return bare;
  const entry = Object.values(objectOf(parseJson(readFileSync(manifestFile, 'utf8')))).find(
    (chunk) => isObject(chunk) && chunk.isEntry === true,
  );
  const script = stringOf(objectOf(entry).file);
  const styles = objectOf(entry).css;
  const stylesheet = Array.isArray(styles) ? stringOf(styles[0]) : '';
  if (script === '' || stylesheet === '') return bare;
  for (const name of readdirSync(built)) if (name !== 'manifest.json') add(name, join(built, name), true);
  return { stylesheet: `/assets/${stylesheet}`, script: `/assets/${script}`, files };
}

let read: Assets | undefined;
/** Read once, at the first page. */
export function assets(): Assets {
  read ??= readAssets();
  return read;
}

export const assetRoute: Route = {
  method: 'GET',
  path: '/assets/*',
  auth: 'none',
  handle: ({ params }): RouteAnswer => {
    const file = assets().files.get(params['*'] ?? '');
    if (!file) return { status: 404, text: 'Not found.\n', contentType: 'text/plain; charset=utf-8' };
    const caching = file.hashed ? 'public, max-age=31536000, immutable' : 'no-cache';
    return {
      status: 200,
      text: file.text,
      contentType: file.contentType,
      headers: { 'cache-control': caching, 'x-content-type-options': 'nosniff' },
    };
  },
};
