import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isObject, objectOf, parseJson, stringOf } from '../../base/json.ts';
import type { Route, RouteAnswer } from '../route.ts';

const CONSOLE = resolve(import.meta.dirname, '../../../console');
const CONTENT_TYPES: { readonly [extension: string]: string } = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};

/** Texts travel compressed, fonts are compressed already. */
type File = { readonly content: string | Buffer; readonly contentType: string; readonly hashed: boolean };
export type PageAssets = {
  readonly stylesheet: string;
  /** Null when the console has not been built: pages are complete without it. */
  readonly script: string | null;
  /** Wanted by every page, so every page asks for them at once. */
  readonly fonts: readonly string[];
  /** Everything below `/assets/`, by name. */
  readonly files: ReadonlyMap<string, File>;
};

/** Reads what Vite built. Without a build the hand-kept styles are served as they are, with no script and no fonts. */
export function readAssets(root: string = CONSOLE): PageAssets {
  const built = join(root, 'dist');
  const manifestFile = join(built, 'manifest.json');
  const entry = existsSync(manifestFile) ? entryOf(parseJson(readFileSync(manifestFile, 'utf8'))) : null;
  if (!entry) {
    const file = { content: bareStyles(join(root, 'src')), contentType: CONTENT_TYPES.css ?? '', hashed: false };
    return { stylesheet: '/assets/console.css', script: null, fonts: [], files: new Map([['console.css', file]]) };
  }
  const files = new Map<string, File>();
  for (const name of readdirSync(built)) {
    const contentType = CONTENT_TYPES[name.slice(name.lastIndexOf('.') + 1)];
    const bytes = contentType && readFileSync(join(built, name));
    if (bytes)
      files.set(name, { content: name.endsWith('.woff2') ? bytes : bytes.toString(), contentType, hashed: true });
  }
  const fonts = [...files.keys()].filter((name) => name.endsWith('.woff2')).map((name) => `/assets/${name}`);
  return { stylesheet: `/assets/${entry.stylesheet}`, script: `/assets/${entry.script}`, fonts, files };
}

function entryOf(manifest: unknown): { readonly script: string; readonly stylesheet: string } | null {
  const entry = Object.values(objectOf(manifest)).find((chunk) => isObject(chunk) && chunk.isEntry === true);
  const { file, css } = objectOf(entry);
  const script = stringOf(file);
  const stylesheet = Array.isArray(css) ? stringOf(css[0]) : '';
  return script === '' || stylesheet === '' ? null : { script, stylesheet };
}

/** One stylesheet from the files that `console.css` lists; the fonts come with the build only. */
function bareStyles(folder: string): string {
  const list = readFileSync(join(folder, 'console.css'), 'utf8');
  return list.replace(/@import "(.+?)";/g, (_, path: string) =>
    path.endsWith('/fonts.css') ? '' : readFileSync(join(folder, path), 'utf8'),
  );
}

let read: PageAssets | undefined;
/** Read once, at the first page. */
export function assets(): PageAssets {
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
    const answer = {
      status: 200,
      contentType: file.contentType,
      headers: { 'cache-control': caching, 'x-content-type-options': 'nosniff' },
    };
    return typeof file.content === 'string' ? { ...answer, text: file.content } : { ...answer, bytes: file.content };
  },
};
