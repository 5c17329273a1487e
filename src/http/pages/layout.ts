import { PRODUCT } from '../../base/product.ts';
import type { RouteAnswer, RouteRequest } from '../route.ts';
import { assets } from './assets.ts';
import { type Html, html, type Part, trusted } from './html.ts';

/** Nothing inline, nothing foreign: a text that slipped through the escaping could still not run. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'private, no-cache',
  vary: 'cookie',
};

export type Page = {
  readonly title: string;
  readonly description: string;
  readonly content: Html;
  /** The entry of the navigation that this page belongs to. */
  readonly section?: Section;
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
};

const SECTIONS = [
  ['models', 'Models'],
  ['rankings', 'Rankings'],
  ['apps', 'Apps'],
  ['providers', 'Providers'],
  ['chat', 'Chat'],
  ['docs', 'Docs'],
] as const;
/** What only those see who are signed in: their own calls. */
const OWN_SECTIONS = [
  ['requests', 'Requests'],
  ['activity', 'Activity'],
] as const;
export type Section = (typeof SECTIONS)[number][0] | (typeof OWN_SECTIONS)[number][0] | 'settings';

/**
 * One whole page as an answer. Nothing of it is painted before its end has come (`rel="expect"`, Chromium 124): a long
 * table would else change the widths of its columns while its rows arrive.
 */
export function page(request: RouteRequest, path: string, value: Page): RouteAnswer {
  return {
    status: value.status ?? 200,
    text: document(request, path, value).markup,
    contentType: 'text/html; charset=utf-8',
    headers: { ...HEADERS, ...value.headers },
  };
}

/** The theme that the visitor chose, kept in a cookie so that the first paint is right without a script. */
export function themeOf(request: RouteRequest): 'light' | 'dark' | null {
  const chosen = /(?:^|;\s*)theme=(light|dark)(?:;|$)/.exec(request.headers.cookie ?? '')?.[1];
  return chosen === 'light' || chosen === 'dark' ? chosen : null;
}

/** What opens the palette on the visitor's keyboard. */
export const keysOf = (request: RouteRequest): string =>
  /Mac|iPhone|iPad/.test(request.headers['user-agent'] ?? '') ? '⌘K' : 'Ctrl K';

function document(request: RouteRequest, path: string, value: Page): Html {
  const theme = themeOf(request);
  const { stylesheet, script, fonts } = assets();
  return html`${trusted('<!doctype html>')}
<html lang="en"${script && trusted(' data-scripted')}${theme && html` data-theme="${theme}"`}>
<head>
<meta charset="utf-8">
<title>${value.title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme ?? 'light dark'}">
<meta name="description" content="${value.description}">
<meta property="og:title" content="${value.title}">
<meta property="og:description" content="${value.description}">
<meta property="og:type" content="website">
<meta property="og:site_name" content="${PRODUCT.name}">
<meta property="og:url" content="${request.origin}${path}">
<meta name="twitter:card" content="summary">
<link rel="canonical" href="${request.origin}${path}">
<link rel="expect" href="#end" blocking="render">
${fonts.map(
  (font) => html`<link rel="preload" href="${font}" as="font" type="font/woff2" crossorigin>
`,
)}<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${stylesheet}">
${script && html`<script type="module" src="${script}"></script>`}
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
${header(request, value.section)}
<main id="content">
${value.content}
</main>
${footer()}
<div id="end"></div>
</body>
</html>
`;
}

function header(request: RouteRequest, section: Section | undefined): Html {
  const entries: Part = [...(request.caller ? OWN_SECTIONS : []), ...SECTIONS].map(
    ([name, label]) => html`<a href="/${name}"${name === section && html` aria-current="page"`}>${label}</a>`,
  );
  return html`<header class="bar"><div class="measure">
<a class="wordmark" href="/">${mark()}${PRODUCT.name}</a>
<nav aria-label="Main">${entries}</nav>
<span class="tools">
<button type="button" class="quiet" data-palette data-script-only>Search <kbd>${keysOf(request)}</kbd></button>
<button type="button" class="quiet" data-theme-toggle aria-label="Switch between light and dark" data-script-only>${halfMoon()}</button>
${request.caller ? html`<a href="/settings"${section === 'settings' && html` aria-current="page"`}>Settings</a><form method="post" action="/sign-out"><button type="submit" class="quiet">Sign out</button></form>` : html`<a href="/sign-in">Sign in</a>`}
</span>
</div></header>`;
}

/** Two tracks and a switch between them. */
export const mark = (): Html =>
  trusted(
    '<svg class="mark" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true"><path d="M2 14.5h16M2 5.5h5.5c4 0 5 9 9 9" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round"/></svg>',
  );

const halfMoon = (): Html =>
  trusted(
    '<svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M8 1.75a6.25 6.25 0 0 1 0 12.5z" fill="currentColor"/></svg>',
  );

function footer(): Html {
  return html`<footer class="foot"><div class="measure">
<p>${PRODUCT.name} ${PRODUCT.version}. ${PRODUCT.disclaimer}</p>
<nav aria-label="More"><a href="/docs">Docs</a><a href="/docs/request">Request</a><a href="/docs/errors">Errors</a><a href="/docs/api">API</a><a href="/status">Status</a><a href="/llms.txt">llms.txt</a></nav>
</div></footer>`;
}
