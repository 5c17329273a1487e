/** A value as OTLP's JSON writes it: 64-bit integers as decimal strings (opentelemetry.io/docs/specs/otlp, read 2026-11-29). */
export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } };
/** A named value of a span or resource (OTLP 1.x, `KeyValue`). */
export type Attribute = { readonly key: string; readonly value: AnyValue };

type Plain = string | number | boolean | readonly string[] | null | undefined;

/** What is unknown or empty is left out. */
export function attributesOf(values: { readonly [key: string]: Plain }): Attribute[] {
  const attributes: Attribute[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === '') continue;
    attributes.push({ key, value: anyValue(value) });
  }
  return attributes;
}

function anyValue(value: string | number | boolean | readonly string[]): AnyValue {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } };
  }
}
