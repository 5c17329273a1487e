import { z } from 'zod';
import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../../base/json.ts';
import { configSchema, type KindName } from '../../../telemetry/destinations/kinds.ts';
import type { Field } from '../form.ts';

/** The fields of a kind's configuration, as its schema has them. */
export function configFields(kind: KindName, use: 'new' | 'there'): readonly Field[] {
  const schema = objectOf(z.toJSONSchema(configSchema(kind), { io: 'input', unrepresentable: 'any' }));
  const required = new Set(arrayOf(schema.required));
  return Object.entries(objectOf(schema.properties)).map(([name, about]) =>
    configField(name, objectOf(about), { isRequired: required.has(name), use }),
  );
}

type Of = { readonly isRequired: boolean; readonly use: 'new' | 'there' };

function configField(name: string, about: JsonObject, { isRequired, use }: Of): Field {
  const field = { name: `config.${name}`, label: labelOf(name), required: isRequired };
  const options = arrayOf(about.enum);
  const usual = stringOf(about.default);
  const hint = usual === '' ? {} : { placeholder: usual };
  if (options.length > 0)
    return { ...field, kind: { options: options.map((option) => [String(option), String(option)] as const) } };
  if (about.type === 'object' || isObject(about.additionalProperties))
    return { ...field, kind: 'json', hint: 'As JSON: {"name": "value"}' };
  // What is there comes masked: left so, it stays as it is.
  if (SECRET.test(name)) return { ...field, kind: use === 'new' ? 'secret' : 'text' };
  return { ...field, kind: 'text', ...hint };
}
const SECRET = /secret|apiKey|dsn|password/i;

/** `publicKey` → `Public key`. */
const labelOf = (name: string): string => {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
