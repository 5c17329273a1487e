import type { Catalog } from '../../catalog/catalog.ts';
import { count, exactCount } from './figures.ts';
import { type Column, grid } from './grid.ts';
import { type Html, html, outbound } from './html.ts';
import { displayName, pagePath } from './model-words.ts';
import type { AppRank, ModelRank } from './traffic.ts';

type Query = { readonly [name: string]: string | undefined };
type Placed<Row> = Row & { readonly place: number };

const placed = <Row>(rows: readonly Row[]): readonly Placed<Row>[] =>
  rows.map((row, at) => ({ ...row, place: at + 1 }));

const figures = <
  Row extends {
    readonly place: number;
    readonly tokens: number;
    readonly requests: number;
    readonly growth: number | null;
  },
>(
  name: Column<Row>,
): readonly Column<Row>[] => [
  { key: 'place', label: '#', kind: 'number', sortBy: (row) => row.place, cell: (row) => row.place },
  name,
  { key: 'tokens', label: 'Tokens', kind: 'number', sortBy: (row) => row.tokens, cell: (row) => count(row.tokens) },
  {
    key: 'requests',
    label: 'Requests',
    kind: 'number',
    sortBy: (row) => row.requests,
    cell: (row) => count(row.requests),
  },
  {
    key: 'growth',
    label: 'Change',
    kind: 'number',
    sortBy: (row) => row.growth ?? Number.MAX_SAFE_INTEGER,
    cell: (row) => growth(row.growth),
  },
];

/** Against the window before; nothing to compare with = new. */
function growth(share: number | null): Html {
  if (share === null) return html`<span class="none">new</span>`;
  const rounded = Math.round(share * 100);
  return html`<data value="${share}">${rounded > 0 ? '+' : rounded < 0 ? '−' : ''}${exactCount(Math.abs(rounded))}%</data>`;
}

/** Where an app's own page is: its id is its origin. */
export const appPath = (id: string): string => `/apps?url=${encodeURIComponent(id)}`;

/** Apps in the order given. Titles and origins come from callers' headers. */
export function appTable(apps: readonly AppRank[], query: Query): Html {
  const columns = figures<Placed<AppRank>>({
    key: 'app',
    label: 'App',
    kind: 'text',
    sortBy: (app) => app.title,
    cell: (app) =>
      html`<a href="${appPath(app.id)}">${app.title || app.origin}</a> <small>${outbound(app.origin, hostOf(app.origin))}</small>`,
  });
  return grid(
    {
      name: 'apps',
      noun: 'Apps',
      rows: placed(apps),
      columns,
      filters: [],
      fields: () => ({}),
      empty: NO_APPS,
      sortAs: 'sort-apps',
    },
    query,
  );
}

const NO_APPS = html`No app has named itself yet. Send the <code>HTTP-Referer</code> and <code>X-Title</code> headers to be listed.`;

export function modelRankTable(catalog: Catalog, models: readonly ModelRank[], query: Query): Html {
  const columns = figures<Placed<ModelRank>>({
    key: 'model',
    label: 'Model',
    kind: 'text',
    sortBy: (rank) => rank.model,
    cell: (rank) => {
      const model = catalog.models.get(rank.model);
      return model
        ? html`<a href="${pagePath(model.id)}">${displayName(model)}</a><code class="id">${model.id}</code>`
        : html`<code>${rank.model}</code>`;
    },
  });
  const isSandbox = ({ model }: ModelRank): boolean => catalog.models.get(model)?.sandbox === true;
  const sandbox = placed(models.filter(isSandbox));
  return grid(
    {
      name: 'rankings',
      noun: 'Models by tokens',
      rows: placed(models.filter((rank) => !isSandbox(rank))),
      ...(sandbox.length > 0 && { apart: { title: 'Sandbox', rows: sandbox } }),
      columns,
      filters: [],
      fields: () => ({}),
      empty: sandbox.length > 0 ? 'Only the sandbox answered in this window.' : 'Nothing was answered in this window.',
    },
    query,
  );
}

export const hostOf = (origin: string): string => (URL.canParse(origin) ? new URL(origin).host : origin);
