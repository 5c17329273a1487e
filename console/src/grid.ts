import { enableColumns } from './columns.ts';
import { saveCsv } from './csv.ts';
import { type Control, matches } from './match.ts';
import { rowReveal } from './reveal.ts';
import { enableRowKeys } from './row-keys.ts';

/**
 * Takes over a list that the server rendered: filters and sorts the rows in place, keeps the state in the URL. The rows
 * stay the server's, so there is one rendering of a row and nothing shifts.
 */
export function enableGrid(root: HTMLElement): void {
  const body = root.querySelector('tbody');
  const form = root.querySelector<HTMLFormElement>('form.filters');
  if (!body) return;
  const rows = [...body.rows];
  // The order of the catalogue, whatever order this URL asked for.
  const original = rows.map((row, at) => ({ row, at: Number(row.dataset.at ?? at) })).sort((a, b) => a.at - b.at);
  const order = original.map(({ row }) => row);
  enableSorting(root, body, order);
  enableRowKeys(root, body);
  if (form) enableFilters(root, form, body);
}

function controlsOf(
  form: HTMLFormElement,
): readonly (Control & { readonly element: HTMLInputElement | HTMLSelectElement })[] {
  return [...form.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[data-match]')].map((element) => ({
    element,
    match: element.dataset.match ?? '',
    field: element.dataset.field ?? '',
  }));
}

function enableFilters(root: HTMLElement, form: HTMLFormElement, body: HTMLTableSectionElement): void {
  const controls = controlsOf(form);
  const shown = form.querySelector('[data-shown]');
  const empty = root.querySelector<HTMLElement>('[data-empty]');
  const submit = form.querySelector<HTMLElement>('[data-submit]');
  if (submit) submit.hidden = true;

  const reveal = rowReveal();
  const apply = (): void => {
    const wanted = controls.filter(({ element }) => element.value !== '');
    const isWanted = (row: HTMLTableRowElement): boolean =>
      wanted.every((control) => matches(control, row.dataset[control.field] ?? '', control.element.value));
    const visible = reveal(body.rows, isWanted);
    for (const { element } of controls) element.classList.toggle('chosen', element.value !== '');
    if (shown) shown.textContent = `${visible} of ${body.rows.length}`;
    if (empty) empty.hidden = visible > 0;
  };

  /** Typing is one step of the history, every other choice is one of its own. */
  let isTyping = false;
  const remember = (typed: boolean): void => {
    const url = new URL(location.href);
    for (const { element } of controls) setOrDelete(url, element.name, element.value);
    if (url.href !== location.href) history[typed && isTyping ? 'replaceState' : 'pushState'](null, '', url);
    isTyping = typed;
  };
  for (const { element } of controls)
    element.addEventListener('input', () => {
      apply();
      remember(element.matches('[type="search"]'));
    });
  form.addEventListener('submit', (event) => event.preventDefault());
  addEventListener('popstate', () => {
    isTyping = false;
    const query = new URL(location.href).searchParams;
    for (const { element } of controls) element.value = query.get(element.name) ?? '';
    apply();
  });
  addEventListener('keydown', (event) => {
    const isWriting = event.target instanceof HTMLElement && event.target.matches('input, select, textarea');
    if (event.key !== '/' || isWriting) return;
    event.preventDefault();
    form.querySelector<HTMLInputElement>('[type="search"]')?.focus();
  });
  addTools(root, form);
  apply();
}

function addTools(root: HTMLElement, form: HTMLFormElement): void {
  const tools = form.querySelector<HTMLElement>('[data-grid-tools]');
  const table = root.querySelector('table');
  if (!tools || !table) return;
  tools.hidden = false;
  tools.append(enableColumns(root, table));
  const csv = document.createElement('button');
  csv.type = 'button';
  csv.className = 'quiet';
  csv.textContent = 'CSV';
  csv.title = 'Save the visible rows';
  csv.addEventListener('click', () => saveCsv(table, `${root.dataset.grid ?? 'list'}.csv`));
  tools.append(csv);
}

function enableSorting(root: HTMLElement, body: HTMLTableSectionElement, order: readonly HTMLTableRowElement[]): void {
  const headings = [...root.querySelectorAll<HTMLTableCellElement>('th[data-key]')];
  const sort = (wanted: string): void => {
    const key = wanted.replace(/^-/, '');
    const at = headings.findIndex((heading) => heading.dataset.key === key && heading.querySelector('a'));
    const sign = wanted.startsWith('-') ? -1 : 1;
    headings.forEach((heading, index) => {
      if (index === at) heading.setAttribute('aria-sort', sign < 0 ? 'descending' : 'ascending');
      else heading.removeAttribute('aria-sort');
    });
    const isNumber = headings[at]?.classList.contains('number') ?? false;
    const keyed = order.map((row) => ({ row, value: row.cells[at]?.dataset.sort ?? '' }));
    if (at >= 0)
      keyed.sort(
        (a, b) => sign * (isNumber ? Number(a.value) - Number(b.value) : a.value.localeCompare(b.value, 'en')),
      );
    body.append(...keyed.map(({ row }) => row));
  };
  for (const heading of headings)
    heading.querySelector('a')?.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      const key = heading.dataset.key ?? '';
      const next = heading.getAttribute('aria-sort') === 'ascending' ? `-${key}` : key;
      sort(next);
      const url = new URL(location.href);
      url.searchParams.set('sort', next);
      history.pushState(null, '', url);
    });
  addEventListener('popstate', () => sort(new URL(location.href).searchParams.get('sort') ?? ''));
}

function setOrDelete(url: URL, name: string, value: string): void {
  if (value === '') url.searchParams.delete(name);
  else url.searchParams.set(name, value);
}
