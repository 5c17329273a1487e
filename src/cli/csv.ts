import { failed, ok, type Result } from '../base/result.ts';

/** A row by its columns' names; a column that the row does not reach is empty. */
export type CsvRow = { readonly [column: string]: string };

/**
 * Reads comma-separated values as spreadsheets and databases write them (RFC 4180): with a line of names, quotes doubled
 * within quotes, line ends of either kind, and a byte order mark or none. What is not closed or does not fit is refused
 * with its line.
 */
export function readCsv(text: string): Result<readonly CsvRow[], string> {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  const end = (): void => {
    if (row.length > 1 || (row[0] ?? '') !== '') rows.push(row);
    row = [];
  };
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      const begun = line;
      const close = closingQuote(text, at + 1);
      if (close === -1) return failed(`line ${begun}: a quote is never closed`);
      field = text.slice(at + 1, close);
      line += newlinesIn(field);
      field = field.replaceAll('""', '"');
      at = close + 1;
      if (at < text.length && !',\r\n'.includes(text[at] ?? ''))
        return failed(`line ${line}: text after a closing quote`);
    } else {
      const from = at;
      while (at < text.length && !',\r\n'.includes(text[at] ?? '')) at++;
      field = text.slice(from, at);
    }
    row.push(field);
    if (text[at] === ',') {
      at++;
      if (at === text.length || text[at] === '\n' || text[at] === '\r') row.push('');
      if (text[at] !== '\n' && text[at] !== '\r') continue;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    line++;
    end();
  }
  end();
  return named(rows);
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at;
  return -1;
}

const newlinesIn = (text: string): number => text.split('\n').length - 1;

function named([names = [], ...rows]: readonly string[][]): Result<readonly CsvRow[], string> {
  const read: CsvRow[] = [];
  for (const [at, row] of rows.entries()) {
    if (row.length > names.length)
      return failed(`row ${at + 2} has ${row.length} fields, and there are ${names.length} columns`);
    read.push(Object.fromEntries(names.map((name, column) => [name.trim(), row[column] ?? ''])));
  }
  return ok(read);
}
