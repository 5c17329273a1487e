import { arrayOf, isObject, type Json, type JsonObject, stringOf } from '../../../base/json.ts';
import type { ImagePart, TextPart } from '../../../call/message.ts';
import { sourceOfUrl } from '../../source-url.ts';

/**
 * What came of a call of one of OpenAI's own tools that the caller runs, for everyone else: screenshots as pictures,
 * what a shell wrote as its text, tools that were found by their names, anything unknown as it stands.
 */
export function readOwnOutput(item: JsonObject): [TextPart, ...ImagePart[]] {
  const { output } = item;
  const pictures = picturesIn(output);
  const text = textOf(output) ?? textOf(namesOf(item.tools)) ?? stringOf(item.status);
  return [{ type: 'text', text }, ...pictures];
}

function textOf(output: Json | undefined): string | undefined {
  if (output === undefined || output === null) return undefined;
  if (typeof output === 'string') return output;
  if (Array.isArray(output)) return output.map((entry) => textOf(entry) ?? '').join('\n');
  if (!isObject(output)) return JSON.stringify(output);
  if (urlOf(output) !== undefined) return '';
  if (typeof output.text === 'string') return output.text;
  const written = [output.stdout, output.stderr].filter((part) => typeof part === 'string' && part !== '');
  const { outcome } = output;
  if (written.length === 0 && outcome === undefined) return JSON.stringify(output);
  return [...written, ...(isObject(outcome) ? [JSON.stringify(outcome)] : [])].join('\n');
}

const urlOf = (value: Json | undefined): string | undefined =>
  isObject(value) && typeof value.image_url === 'string' ? value.image_url : undefined;

const picturesIn = (output: Json | undefined): ImagePart[] =>
  [output, ...arrayOf(output)].flatMap((entry) => {
    const url = urlOf(entry);
    return url === undefined ? [] : [{ type: 'image', source: sourceOfUrl(url) }];
  });

const namesOf = (tools: Json | undefined): string | undefined => {
  const names = arrayOf(tools).flatMap((tool) => (isObject(tool) ? [stringOf(tool.name) || stringOf(tool.type)] : []));
  return names.length === 0 ? undefined : `Tools found: ${names.join(', ')}`;
};
