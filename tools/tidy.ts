/** Taste that a machine can check, run by `npm test`: sizes as a budget, words that do not belong, addresses that must not appear. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const BANNED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bas any\b|:\s*any(?:\[\]|[;,)=>|]|$)/, 'a real type'],
  [/@ts-ignore|@ts-expect-error/, 'a fix'],
  [/\b(?:TODO|FIXME|XXX|HACK)\b/, 'an issue, or the fix itself'],
  [/\.only\(/, 'the whole suite'],
  [/Math\.random\(\)|Date\.now\(\)/, 'World, in strata 0–6'],
];
/** Where the world itself is made, or where a test, tool or bench may look at the real clock. */
const WORLD_MAKERS =
  /^(?:src\/upstream\/(?:real-)?world\.ts|src\/(?:http|storage|cli|sandbox)\/|src\/main\.ts|tests\/|tools\/|bench\/|console\/)|\.test\.ts$/;
const REGISTRY_HOSTS = ['registry.' + 'npmjs', 'pypi.org/' + 'simple', 'deb.' + 'debian'];

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && existsSync(join(root, file)));
const problems: string[] = [];

for (const file of files) {
  if (/\.(?:png|woff2|ico|bin)$/.test(file)) continue;
  const text = readFileSync(join(root, file), 'utf8');
  for (const host of REGISTRY_HOSTS) if (text.includes(host)) problems.push(`${file}: names a package registry's host`);
  if (/\.tsx?$/.test(file) && !file.endsWith('.gen.ts')) checkCode(file, text);
}

function checkCode(file: string, text: string): void {
  const lines = text.split('\n');
  if (lines.length > LINES_MAX + 1) problems.push(`${file}: ${lines.length} lines, more than ${LINES_MAX}`);
  if (file !== 'tools/tidy.ts')
    for (const [at, line] of lines.entries())
      for (const [pattern, instead] of BANNED) {
        if (instead.startsWith('World') && WORLD_MAKERS.test(file)) continue;
        if (pattern.test(line)) problems.push(`${file}:${at + 1}: use ${instead}`);
      }
  if (file.startsWith('src/') && !file.endsWith('.test.ts')) checkFunctions(file, lines);
}

/** Functions at the left margin, by their braces: enough to notice one that grows. */
function checkFunctions(file: string, lines: readonly string[]): void {
  let start = -1;
  for (const [at, line] of lines.entries()) {
    if (/^(?:export )?(?:async )?function /.test(line)) start = at;
    if (line === '}' && start >= 0) {
      const length = lines.slice(start, at + 1).filter((text) => !/^\s*(?:\/\/|\/?\*|$)/.test(text)).length;
      if (length > FUNCTION_LINES_MAX)
        problems.push(`${file}:${start + 1}: a function of ${length} lines, more than ${FUNCTION_LINES_MAX}`);
      start = -1;
    }
  }
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
