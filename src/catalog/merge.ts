/** Lays one parsed file over another, path by path: tables merge, arrays and scalars replace. Neither is changed. */
export function merge<T extends object>(below: T, above: T): T {
  const merged = { ...below } as { [key: string]: unknown };
  for (const [key, value] of Object.entries(above)) {
    if (value === undefined) continue;
    const under = Object.hasOwn(merged, key) ? merged[key] : undefined;
    merged[key] = isTable(under) && isTable(value) ? merge(under, value) : value;
  }
  return merged as T;
}

const isTable = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
