import { flag, type Html, html, type Part } from './html.ts';

/** One column of a list: header, alignment and how the browser sorts it. */
export type Column<Row> = {
  readonly key: string;
  readonly label: string;
  readonly kind: 'text' | 'number';
  /** Without one the column cannot be sorted. */
  readonly sortBy?: (row: Row) => string | number;
  readonly cell: (row: Row) => Part;
};

/** One control above the list. `field` names what it looks at in a row's fields. */
export type Filter = {
  readonly name: string;
  readonly label: string;
  /** `search`: all words occur; `word`: the word is among the field's; `min`, `max`: compares numbers. */
  readonly match: 'search' | 'word' | 'min' | 'max';
  readonly field: string;
  /** Value and label; a search has none. */
  readonly options?: readonly (readonly [string, string])[];
};

export type Grid<Row> = {
  /** Names the CSV file, and tells grids of one page apart. */
  readonly name: string;
  readonly noun: string;
  readonly columns: readonly Column<Row>[];
  readonly filters: readonly Filter[];
  /** What the filters look at, in lower case. */
  readonly fields: (row: Row) => { readonly [field: string]: string };
  readonly rows: readonly Row[];
  /** Rows that stand below all others, in whatever order: they are found and sorted among themselves. */
  readonly apart?: { readonly title: Part; readonly rows: readonly Row[] };
  readonly empty: Part;
  /** What the URL calls this list's order; a page's second list needs a name of its own. */
  readonly sortAs?: string;
};

type Query = { readonly [name: string]: string | undefined };

/**
 * A list as one table with its filters: complete without a script (the form submits, headers are links), taken over by
 * `console/src/grid.ts` in the browser. Every row is in the document, rows that do not match are hidden.
 */
export function grid<Row>(value: Grid<Row>, query: Query): Html {
  const order = query[value.sortAs ?? 'sort'] ?? '';
  const main = lines(value, value.rows, order, query);
  const apart = value.apart && lines(value, value.apart.rows, order, query);
  const shown = main.filter((line) => line.shown).length;
  const shownApart = apart?.filter((line) => line.shown).length ?? 0;
  return html`<section class="grid" data-grid="${value.name}" data-sort-as="${value.sortAs ?? 'sort'}">
${value.filters.length > 0 && controls(value, query, shown)}
<div class="scroll" tabindex="0" role="region" aria-label="${value.noun}"><table>
<thead><tr>${value.columns.map((column) => heading(value, column, query))}</tr></thead>
<tbody>${main.map((line) => row(value, line))}${main.length === 0 && apart && html`<tr><td class="empty" colspan="${value.columns.length}">${value.empty}</td></tr>`}</tbody>
${apart && html`<tbody class="apart"><tr class="heading"${flag('hidden', shownApart === 0)}><th scope="rowgroup" colspan="${value.columns.length}">${value.apart?.title}</th></tr>${apart.map((line) => row(value, line))}</tbody>`}
</table></div>
<p class="empty" data-empty${flag('hidden', shown + shownApart > 0)}>${main.length === 0 ? value.empty : html`Nothing matches these filters. <a href="?">Clear them</a>.`}</p>
</section>`;
}

/** One row as it will stand: `at` is its place in the order of the catalogue, to which the browser returns. */
type Line<Row> = {
  readonly row: Row;
  readonly at: number;
  readonly fields: { readonly [field: string]: string };
  readonly shown: boolean;
};

function lines<Row>(value: Grid<Row>, rows: readonly Row[], order: string, query: Query): readonly Line<Row>[] {
  const places = new Map(rows.map((entry, at) => [entry, at]));
  return sorted(value.columns, rows, order).map((entry) => {
    const fields = value.fields(entry);
    const shown = value.filters.every((filter) => matches(filter, fields, query[filter.name] ?? ''));
    return { row: entry, at: places.get(entry) ?? 0, fields, shown };
  });
}

function row<Row>({ columns }: Grid<Row>, line: Line<Row>): Html {
  const cells = columns.map(
    (column) =>
      html`<td class="${column.kind}"${column.key === 'place' && html` data-key="place"`}${column.sortBy && html` data-sort="${column.sortBy(line.row)}"`}>${column.cell(line.row)}</td>`,
  );
  return html`<tr data-at="${line.at}"${attributes(line.fields)}${flag('hidden', !line.shown)}>${cells}</tr>
`;
}

function controls<Row>(value: Grid<Row>, query: Query, shown: number): Html {
  return html`<form class="filters" method="get" role="search">
${value.filters.filter(isUseful).map((filter) => control(filter, query[filter.name] ?? ''))}
${query.sort && html`<input type="hidden" name="sort" value="${query.sort}">`}
<button type="submit" data-submit>Apply</button>
<span class="after"><output data-shown aria-live="polite">${shown} of ${value.rows.length}</output><span data-grid-tools data-script-only></span></span>
</form>`;
}

/** A choice of one is none. */
const isUseful = (filter: Filter): boolean => filter.match === 'search' || (filter.options ?? []).length > 1;

function control(filter: Filter, chosen: string): Html {
  const data = html`name="${filter.name}" aria-label="${filter.label}" data-match="${filter.match}" data-field="${filter.field}"`;
  if (filter.match === 'search')
    return html`<input type="search" ${data} value="${chosen}" placeholder="${filter.label}" autocomplete="off" spellcheck="false">`;
  const options = filter.options ?? [];
  return html`<select ${data}><option value="">${filter.label}</option>${options.map(
    ([option, label]) => html`<option value="${option}"${flag('selected', option === chosen)}>${label}</option>`,
  )}</select>`;
}

function heading<Row>({ sortAs = 'sort' }: Grid<Row>, column: Column<Row>, query: Query): Html {
  if (!column.sortBy) return html`<th scope="col" class="${column.kind}" data-key="${column.key}">${column.label}</th>`;
  const { key, descending } = readSort(query[sortAs] ?? '');
  const current = key === column.key ? (descending ? 'descending' : 'ascending') : null;
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value && name !== sortAs) next.set(name, value);
  next.set(sortAs, current === 'ascending' ? `-${column.key}` : column.key);
  return html`<th scope="col" class="${column.kind}" data-key="${column.key}"${current && html` aria-sort="${current}"`}><a href="?${next.toString()}" rel="nofollow">${column.label}</a></th>`;
}

const attributes = (fields: { readonly [field: string]: string }): Part =>
  Object.entries(fields).map(([name, value]) => html` data-${name}="${value}"`);

const readSort = (sort: string): { key: string; descending: boolean } => ({
  key: sort.replace(/^-/, ''),
  descending: sort.startsWith('-'),
});

function sorted<Row>(columns: readonly Column<Row>[], rows: readonly Row[], order: string): readonly Row[] {
  const { key, descending } = readSort(order);
  const by = columns.find((column) => column.key === key)?.sortBy;
  if (!by) return rows;
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(by(a), by(b)));
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en');
}

/** The same rules as `console/src/grid.ts`; a browser test holds them together. */
export function matches(filter: Filter, fields: { readonly [field: string]: string }, wanted: string): boolean {
  if (wanted === '') return true;
  const field = fields[filter.field] ?? '';
  switch (filter.match) {
    case 'search':
      return wanted
        .toLowerCase()
        .split(/\s+/)
        .every((word) => field.includes(word));
    case 'word':
      return field.split(' ').includes(wanted.toLowerCase());
    case 'min':
      return Number(field) >= Number(wanted);
    case 'max':
      return field !== '' && Number(field) <= Number(wanted);
    default:
      return filter.match satisfies never;
  }
}
