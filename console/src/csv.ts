/** Saves the visible rows and columns with their exact values. */
export function saveCsv(table: HTMLTableElement, name: string): void {
  const rows = [...table.rows].filter((row) => !row.hidden && !row.classList.contains('heading'));
  const lines = rows.map((row) =>
    [...row.cells]
      .filter((cell) => !cell.hidden)
      .map((cell) => quote(exactOf(cell)))
      .join(','),
  );
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`${lines.join('\r\n')}\r\n`], { type: 'text/csv' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The exact value where the cell shows a short one; an id where it shows a name. */
function exactOf(cell: HTMLTableCellElement): string {
  const exact = cell.querySelector<HTMLDataElement>('data[value]')?.value ?? cell.querySelector('time')?.dateTime;
  return exact ?? cell.querySelector('code.id')?.textContent ?? cell.textContent?.trim() ?? '';
}

/** A leading `=`, `+`, `-` or `@` would run as a formula in a spreadsheet (CWE-1236): it gets an apostrophe. */
function quote(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
