import { PRODUCT } from '../../base/product.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Rates } from '../../catalog/price.ts';
import { type Offers, offersOf } from '../../router/offer.ts';
import { REQUEST_GROUPS } from '../contract.ts';
import type { Route, RouteAnswer } from '../route.ts';
import { perMillion, perUnit } from './figures.ts';
import { authorName, displayName, pagePath, realModels } from './model-words.ts';

const text = (body: string, contentType = 'text/plain; charset=utf-8'): RouteAnswer => ({
  status: 200,
  text: body,
  contentType,
  headers: { 'cache-control': 'public, max-age=3600', 'x-content-type-options': 'nosniff' },
});

const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><rect width="20" height="20" rx="4" fill="#0a7d4b"/><path d="M4 13.5h12M4 6.5h3.5c3.5 0 4 7 8 7" fill="none" stroke="#fff" stroke-width="1.75" stroke-linecap="round"/></svg>\n`;

/** What a language model should read first (llmstxt.org). */
function llms(catalog: Catalog, offers: Offers, origin: string): string {
  const models = [...catalog.models.values()].map((model) => {
    const price = offers(model)?.endpoint.price;
    const prices = price ? `, ${pricesOf(price)}` : '';
    return `- [${displayName(model)}](${origin}${pagePath(model.id)}): \`${model.id}\`, ${model.context} context${prices}`;
  });
  return `# ${PRODUCT.name}

> A self-hosted LLM gateway with an OpenAI-compatible API. ${PRODUCT.disclaimer}

Base URL: ${origin}/api/v1. Authenticate with \`Authorization: Bearer <key>\`. List models with GET ${origin}/api/v1/models.

## Docs

- [Request](${origin}/docs/request.md): every field of a chat request
- [Parameters](${origin}/docs/parameters.md): sampling and output parameters
- [Response](${origin}/docs/response.md): one answer in every dialect, usage and cost
- [Other operations](${origin}/docs/operations.md): embeddings, rerank, decisions, moderations, images, speech, transcription, videos
- [Realtime](${origin}/docs/realtime.md): sessions on a WebSocket in which both sides speak
- [Files and batches](${origin}/docs/files.md): uploads that calls name by their ids; calls by the thousand
- [Frameworks](${origin}/docs/frameworks.md): official SDKs with this instance's base URL
- [API reference](${origin}/docs/api.md): every operation; as OpenAPI at ${origin}/openapi.json
- [Errors](${origin}/docs/errors.md): every error code, its status and who is at fault
- [Sandbox](${origin}/docs/sandbox.md): models that need no key

## Models

${models.join('\n')}
`;
}

const pricesOf = (price: Rates): string =>
  perUnit(price) ?? `${perMillion(price.input)}/M input, ${perMillion(price.output)}/M output`;

const PAGES = [
  ['/', 'Start'],
  ['/models', 'Models'],
  ['/requests', 'Requests'],
  ['/activity', 'Activity'],
  ['/rankings', 'Rankings'],
  ['/apps', 'Apps'],
  ['/providers', 'Providers'],
  ['/compare', 'Compare models'],
  ['/chat', 'Chat'],
  ['/status', 'Status'],
  ['/playground', 'Playground'],
  ['/settings/keys', 'Settings: API keys'],
  ['/settings/workspaces', 'Settings: workspaces and budgets'],
  ['/settings/credits', 'Settings: credits'],
  ['/settings/provider-keys', 'Settings: provider keys'],
  ['/settings/byok', 'Settings: own provider keys'],
  ['/settings/guardrails', 'Settings: guardrails'],
  ['/settings/presets', 'Settings: presets'],
  ['/settings/destinations', 'Settings: destinations of receipts'],
  ['/settings/mcp-servers', 'Settings: MCP servers'],
  ['/settings/alerts', 'Settings: alerts'],
  ['/settings/people', 'Settings: people'],
  ['/settings/audit-log', 'Settings: audit log'],
  ['/docs', 'Docs'],
  ['/docs/request', 'Docs: request fields'],
  ['/docs/parameters', 'Docs: parameters'],
  ['/docs/response', 'Docs: response'],
  ['/docs/operations', 'Docs: other operations'],
  ['/docs/realtime', 'Docs: realtime'],
  ['/docs/files', 'Docs: files'],
  ['/docs/frameworks', 'Docs: frameworks'],
  ['/docs/api', 'Docs: API reference'],
  ['/docs/errors', 'Docs: errors'],
  ['/docs/sandbox', 'Docs: sandbox'],
] as const;

/** What the command palette reaches. */
function palette(catalog: Catalog): readonly { path: string; label: string; hint: string }[] {
  const pages = PAGES.map(([path, label]) => ({ path, label, hint: path }));
  const models = [...catalog.models.values()].map((model) => ({
    path: pagePath(model.id),
    label: displayName(model),
    hint: model.id,
  }));
  const providers = [...catalog.providers.values()].map(({ slug, name }) => ({
    path: `/provider/${encodeURIComponent(slug)}`,
    label: `${name} (provider)`,
    hint: slug,
  }));
  const authors = new Map(realModels(catalog).map((model) => [model.author, authorName(model)]));
  const makers = [...authors].map(([author, name]) => ({
    path: `/${encodeURIComponent(author)}`,
    label: `Models from ${name}`,
    hint: author,
  }));
  const fields = REQUEST_GROUPS.flatMap((group) => group.fields).map(({ name }) => ({
    path: `/docs/request#${name}`,
    label: name,
    hint: 'request field',
  }));
  return [...pages, ...models, ...makers, ...providers, ...fields];
}

export const plainRoutes: readonly Route[] = [
  { method: 'GET', path: '/favicon.svg', auth: 'none', handle: () => text(FAVICON, 'image/svg+xml') },
  {
    method: 'GET',
    path: '/palette.json',
    auth: 'none',
    handle: (_request, gateway) => ({
      status: 200,
      json: palette(gateway.catalog()),
      headers: { 'cache-control': 'no-cache' },
    }),
  },
  {
    method: 'GET',
    path: '/robots.txt',
    auth: 'none',
    handle: () =>
      text('User-agent: *\nDisallow: /api/\nDisallow: /generation/\nDisallow: /sign-in\nDisallow: /settings\n'),
  },
  {
    method: 'GET',
    path: '/llms.txt',
    auth: 'none',
    handle: ({ origin }, gateway) => text(llms(gateway.catalog(), offersOf(gateway.enabled()), origin)),
  },
];
