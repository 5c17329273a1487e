/** What a generated file may hold: scalars, flat arrays, tables and arrays of tables. */
export type Toml = { readonly [key: string]: TomlValue | undefined };
/** A value that a catalogue's file may hold. */
export type TomlValue = string | number | boolean | Day | readonly string[] | Toml | readonly Toml[];
/** Written bare, as TOML's local date. */
export type Day = { readonly day: string };

/** Writes tables the way the shipped files look: scalars first, sub-tables under their headers, members in given order. */
export function writeToml(table: Toml, comment: string): string {
  const lines = [`# ${comment}`];
  writeTable(table, [], lines);
  return `${lines.join('\n')}\n`;
}

function writeTable(table: Toml, path: readonly string[], lines: string[]): void {
  const members = Object.entries(table).filter((member): member is [string, TomlValue] => member[1] !== undefined);
  for (const [key, value] of members)
    if (!isTable(value) && !isTables(value)) lines.push(`${name(key)} = ${scalar(value)}`);
  for (const [key, value] of members) {
    const header = [...path, key].map(name).join('.');
    if (isTables(value)) {
      for (const entry of value) {
        lines.push(`[[${header}]]`);
        writeTable(entry, [...path, key], lines);
      }
    } else if (isTable(value)) {
      const plain = Object.values(value).some(
        (member) => member !== undefined && !isTable(member) && !isTables(member),
      );
      if (plain) lines.push(`[${header}]`);
      writeTable(value, [...path, key], lines);
    }
  }
}

const isTables = (value: TomlValue): value is readonly Toml[] =>
  Array.isArray(value) && value.length > 0 && typeof value[0] === 'object';
const isDay = (value: TomlValue): value is Day =>
  typeof value === 'object' && !Array.isArray(value) && typeof (value as Day).day === 'string';
const isTable = (value: TomlValue): value is Toml =>
  typeof value === 'object' && !Array.isArray(value) && !isDay(value);

const name = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : string(key));

/** TOML's basic strings are JSON's, but for DEL; half a surrogate pair is neither's. */
const string = (text: string): string => JSON.stringify(text.toWellFormed()).replaceAll('\x7f', '\\u007f');

function scalar(value: TomlValue): string {
  if (isDay(value)) return value.day;
  if (Array.isArray(value)) return `[${value.map(string).join(', ')}]`;
  if (typeof value === 'string') return string(value);
  return typeof value === 'number' && Number.isSafeInteger(value)
    ? value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, '_')
    : JSON.stringify(value);
}
