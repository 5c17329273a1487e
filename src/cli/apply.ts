import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Configuration } from './configuration.ts';
import { carryOut } from './organization/carry-out.ts';
import { readOrganizationFile } from './organization/file.ts';
import { UsageError } from './usage.ts';

/** `switchwright apply FILE`: an account as a file has it. */
export async function applyCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      prune: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [file, ...rest] = positionals;
  if (file === undefined) throw new UsageError('Which file?');
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is one word too many.`);
  const read = readOrganizationFile(readFileSync(file, 'utf8'));
  if (!read.ok) {
    console.error(`${file} has problems:\n${read.error.map((problem) => `  ${problem}`).join('\n')}`);
    return 1;
  }
  const { prune, yes, json } = values;
  return carryOut(read.value, configuration, { prune, json, isDone: yes, hint: '--yes', links: true });
}
