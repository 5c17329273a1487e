import type { Environment } from '../catalog/environment.ts';
import { ConfigurationError, wholeNumber } from './environment-values.ts';
import type { Setting } from './settings.ts';

/** By which commands what models write is run, and within which limits. */
export type CodeConfiguration = {
  /** Program and arguments; null = nothing is run. */
  readonly shell: readonly string[] | null;
  readonly code: readonly string[] | null;
  readonly timeoutMs: number;
  /** Of address space, of each process; null = no limit of ours. */
  readonly memoryKb: number | null;
};

const SECONDS = 30;
const MEMORY_MB = 2_048;

export const CODE_SETTINGS: readonly Setting[] = [
  {
    name: 'SWITCHWRIGHT_SHELL_COMMAND',
    default: '',
    meaning:
      'Turns on the tools `openrouter:shell` and `openrouter:bash`: a command line that is given each script on standard input and runs it shut off from everything else, such as `docker run -i --rm --network none --memory 512m alpine sh -s`. Whoever has a key can have it run whatever they like, so nothing is run unless this is set, and what it runs in has to hold. It gets no environment but `PATH`, an empty folder, and the limits below; no shell reads the line, quotes keep words together.',
  },
  {
    name: 'SWITCHWRIGHT_CODE_COMMAND',
    default: '',
    meaning:
      'The same for `openrouter:code_interpreter`, which writes Python: such as `docker run -i --rm --network none --memory 512m python:3-slim python -`.',
  },
  {
    name: 'SWITCHWRIGHT_CODE_SECONDS',
    default: `${SECONDS}`,
    meaning: 'How long one run of such a command may take; then it is killed with all it has begun in its group.',
  },
  {
    name: 'SWITCHWRIGHT_CODE_MEMORY_MB',
    default: `${MEMORY_MB}`,
    meaning:
      'Address space of each process of such a run (`ulimit -v`); 0 sets no limit, for commands that have their own.',
  },
];

export function codeOf(environment: Environment): CodeConfiguration {
  const memory = wholeNumber(environment, 'SWITCHWRIGHT_CODE_MEMORY_MB', MEMORY_MB, 1_048_576);
  const seconds = wholeNumber(environment, 'SWITCHWRIGHT_CODE_SECONDS', SECONDS, 240);
  if (seconds === 0) throw new ConfigurationError('SWITCHWRIGHT_CODE_SECONDS must be 1 or more.');
  return {
    shell: commandIn(environment, 'SWITCHWRIGHT_SHELL_COMMAND'),
    code: commandIn(environment, 'SWITCHWRIGHT_CODE_COMMAND'),
    timeoutMs: seconds * 1_000,
    memoryKb: memory === 0 ? null : memory * 1_024,
  };
}

/** Words of a command line; quotes of either kind keep them together. */
function commandIn(environment: Environment, name: string): readonly string[] | null {
  const text = environment[name]?.trim();
  if (!text) return null;
  const words = text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  const rest = text.replace(/"[^"]*"|'[^']*'/g, '');
  if (/["']/.test(rest)) throw new ConfigurationError(`${name} has a quote that is not closed.`);
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, one, other) => one ?? other ?? ''));
}
