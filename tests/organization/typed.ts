import type { TestContext } from 'node:test';
import { runCommand } from '../../src/cli/commands.ts';

/** A command as a person types it, beside the gateway whose data folder it is: its words, and its exit code. */
export async function typed(context: TestContext, folder: string, words: readonly string[]) {
  const said = { out: '', err: '' };
  const log = context.mock.method(console, 'log', (line: string) => (said.out += `${line}\n`));
  const error = context.mock.method(console, 'error', (line: string) => (said.err += `${line}\n`));
  const code = await runCommand(words, { SWITCHWRIGHT_DATA_DIR: folder, SWITCHWRIGHT_LOCAL_SERVERS: '0' });
  log.mock.restore();
  error.mock.restore();
  return { ...said, code };
}
