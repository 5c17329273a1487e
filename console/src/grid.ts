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
  const bodies = [...root.querySelectorAll('tbody')];
  const form = root.querySelector<HTMLFormElement>('form.filters');
  enableSorting(root, bodies);
  enableRowKeys(root);
  if (form) enableFilters(root, form, bodies);
}

/** The rows of a body without its heading. */
const rowsOf = (body: HTMLTableSectionElement | undefined): HTMLTableRowElement[] =>
  [...(body?.rows ?? [])].filter((row) => row.dataset.at !== undefined);

function controlsOf(
  form: HTMLFormElement,
): readonly (Control & { readonly element: HTMLInputElement | HTMLSelectElement })[] {
  return [...form.querySelectorAll<HTMLInputElement | HTMLSelectElement>('[data-match]')].map((element) => ({
    element,
    match: element.dataset.match ?? '',
    field: element.dataset.field ?? '',
  }));
}

function enableFilters(root: HTMLElement, form: HTMLFormElement, [main, apart]: HTMLTableSectionElement[]): void {
  const controls = controlsOf(form);
  const shown = form.querySelector('[data-shown]');
  const empty = root.querySelector<HTMLElement>('[data-empty]');
  const heading = apart?.querySelector<HTMLElement>('.heading');
  const reveal = rowReveal();
  const apply = (): void => {
    const wanted = controls.filter(({ element }) => element.value !== '');
    const isWanted = (row: HTMLTableRowElement): boolean =>
      wanted.every((control) => matches(control, row.dataset[control.field] ?? '', control.element.value));
    const [visible = 0, visibleApart = 0] = reveal([rowsOf(main), rowsOf(apart)], isWanted);
    for (const { element } of controls) element.classList.toggle('chosen', element.value !== '');
    if (shown) shown.textContent = `${visible} of ${main?.rows.length ?? 0}`;
    if (heading) heading.hidden = visibleApart === 0;
    if (empty) empty.hidden = visible + visibleApart > 0;
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
  tools.append(enableColumns(root, table));
  const csv = document.createElement('button');
  csv.type = 'button';
  csv.className = 'quiet';
  csv.textContent = 'CSV';
  csv.title = 'Save the visible rows';
  csv.addEventListener('click', () => saveCsv(table, `${root.dataset.grid ?? 'list'}.csv`));
  tools.append(csv);
}

function enableSorting(root: HTMLElement, bodies: readonly HTMLTableSectionElement[]): void {
  const headings = [...root.querySelectorAll<HTMLTableCellElement>('th[data-key]')];
  const name = root.dataset.sortAs ?? 'sort';
  // The order of the catalogue, whatever order this URL asked for.
  const lists = bodies.map((body) => ({
    body,
    order: rowsOf(body).sort((a, b) => Number(a.dataset.at) - Number(b.dataset.at)),
  }));
  const sort = (wanted: string): void => {
    const key = wanted.replace(/^-/, '');
    const at = headings.findIndex((heading) => heading.dataset.key === key && heading.querySelector('a'));
    const sign = wanted.startsWith('-') ? -1 : 1;
    headings.forEach((heading, index) => {
      if (index === at) heading.setAttribute('aria-sort', sign < 0 ? 'descending' : 'ascending');
      else heading.removeAttribute('aria-sort');
    });
    const isNumber = headings[at]?.classList.contains('number') ?? false;
    for (const { body, order } of lists) {
      const keyed = order.map((row) => ({ row, value: row.cells[at]?.dataset.sort ?? '' }));
      if (at >= 0)
        keyed.sort(
          (a, b) => sign * (isNumber ? Number(a.value) - Number(b.value) : a.value.localeCompare(b.value, 'en')),
        );
      body.append(...keyed.map(({ row }) => row));
    }
  };
  for (const heading of headings)
    heading.querySelector('a')?.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      const key = heading.dataset.key ?? '';
      const next = heading.getAttribute('aria-sort') === 'ascending' ? `-${key}` : key;
      sort(next);
      const url = new URL(location.href);
      url.searchParams.set(name, next);
      history.pushState(null, '', url);
    });
  addEventListener('popstate', () => sort(new URL(location.href).searchParams.get(name) ?? ''));
}

function setOrDelete(url: URL, name: string, value: string): void {
  if (value === '') url.searchParams.delete(name);
  else url.searchParams.set(name, value);
}
