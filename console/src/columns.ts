/** A menu that hides columns; the choice is kept per list. */
export function enableColumns(root: HTMLElement, table: HTMLTableElement): HTMLElement {
  const place = `columns:${root.dataset.grid}`;
  const hidden = new Set((localStorage.getItem(place) ?? '').split(' ').filter((key) => key !== ''));
  const menu = document.createElement('details');
  menu.className = 'columns';
  const summary = document.createElement('summary');
  summary.textContent = 'Columns';
  const choices = document.createElement('div');
  menu.append(summary, choices);
  const headings = [...table.querySelectorAll<HTMLElement>('th[data-key]')];
  const apply = (): void => {
    headings.forEach((heading, at) => {
      const isHidden = hidden.has(heading.dataset.key ?? '');
      for (const row of table.rows) if (row.cells[at]) row.cells[at].hidden = isHidden;
    });
  };
  headings.slice(1).forEach((heading) => {
    const key = heading.dataset.key ?? '';
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = !hidden.has(key);
    box.addEventListener('change', () => {
      if (box.checked) hidden.delete(key);
      else hidden.add(key);
      localStorage.setItem(place, [...hidden].join(' '));
      apply();
    });
    const label = document.createElement('label');
    label.append(box, heading.textContent ?? '');
    choices.append(label);
  });
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  });
  if (hidden.size > 0) apply();
  return menu;
}
