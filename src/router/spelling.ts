/**
 * Other ways in which programs write the same model, nearest first, for a name that nobody knows as it stands: in
 * capitals, under a program's or a vendor's prefix, with Bedrock's region, author and version, with Claude Code's `[1m]`,
 * with a tag of Ollama's, `:latest` or the size (`gpt-oss:20b`), with the date of a snapshot. The catalogue decides
 * whether one of them is a model; snapshots that it lists by themselves are found before this (code.claude.com, model
 * configuration; docs.aws.amazon.com, inference profiles; developers.openai.com, models; docs.litellm.ai, providers;
 * docs/api.md of ollama/ollama; read 2026-11-29).
 */
export function otherSpellings(name: string): string[] {
  const found: string[] = [];
  let rest = name.toLowerCase().slice(0, NAME_MAX);
  if (rest !== name) found.push(rest);
  for (const [pattern, instead] of REWRITES) {
    const next = rest.replace(pattern, instead);
    if (next === rest) continue;
    rest = next;
    found.push(rest);
  }
  return found;
}

/** Characters; no model's name is longer. */
export const NAME_MAX = 256;

const REWRITES: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\[1m\]$/, ''],
  [/:latest$/, ''],
  [/:(?=\d+(?:\.\d+)?b$)/, '-'],
  [/^(openrouter|models|gemini|bedrock(\/(converse|invoke))?|vertex_ai|azure|azure_ai|dashscope)\//, ''],
  [/^(us|us-gov|eu|apac|jp|au|global)\.(?=[a-z0-9]+\.)/, ''],
  [/^(anthropic|amazon|meta|mistral|deepseek|cohere)\.(?=[a-z])/, ''],
  [/-v\d+(:\d+)?$/, ''],
  [/[-@](20\d\d-\d\d-\d\d|20\d{6})$/, ''],
];
