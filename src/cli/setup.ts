import { parseArgs } from 'node:util';
import { FRAMEWORKS, snippet } from '../http/pages/docs/frameworks.ts';
import { type Configuration, originOf } from './configuration.ts';
import { SETUP_PROGRAMS, type SetupProgram } from './setup-programs.ts';
import { UsageError } from './usage.ts';

const MODEL = 'openai/gpt-4.1-mini';

/** The samples of `docs/frameworks/` under the names that people look for; they fall back to the default model. */
const FRAMEWORK_IDS: { readonly [file: string]: string } = {
  'openai-sdk.py': 'openai-python',
  'openai.ts': 'openai-node',
  'ai-sdk.ts': 'ai-sdk',
  'langchain.ts': 'langchain',
  'anthropic.ts': 'anthropic-sdk',
  'openrouter.ts': 'openrouter-sdk',
  'curl.sh': 'curl',
};

export type SetupOptions = { readonly origin: string; readonly model: string };

/** The programs that `setup` knows: those with settings of their own, then the samples in code. */
export function setupPrograms({ origin, model }: SetupOptions): readonly SetupProgram[] {
  const fill = (text: string): string => text.replaceAll('{origin}', origin).replaceAll('{model}', model);
  return [
    ...SETUP_PROGRAMS.map((program) => ({ ...program, text: fill(program.text) })),
    ...FRAMEWORKS.map(({ file, title, install }) => ({
      id: FRAMEWORK_IDS[file] ?? file,
      name: title,
      place: `a file of your program${install === '' ? '' : `, after: ${install}`}`,
      text: snippet(file, origin).replaceAll(MODEL, model).trimEnd(),
    })),
  ];
}

/** `switchwright setup [PROGRAM]`: settings ready to paste, with this instance's address; without a name, the names. */
export function setupCommand(words: readonly string[], configuration: Configuration): number {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: { url: { type: 'string' }, model: { type: 'string', default: MODEL } },
  });
  const [id] = positionals;
  if (positionals.length > 1) throw new UsageError('One program at a time.');
  const origin = addressFor(values.url, configuration);
  if (origin === null) throw new UsageError(`"${values.url}" is not an address: http://127.0.0.1:8787 would be one.`);
  // It is written into shell lines and files as it is.
  if (!/^[\w.:/@~-]+$/.test(values.model)) throw new UsageError(`"${values.model}" is not a model's id.`);
  const programs = setupPrograms({ origin, model: values.model });
  if (id === undefined) {
    for (const program of programs) console.log(`${program.id.padEnd(16)} ${program.name}`);
    return 0;
  }
  const program = programs.find((candidate) => candidate.id === id);
  if (!program) {
    const ids = programs.map((each) => each.id).join(', ');
    throw new UsageError(`"${id}" is not known here; ${ids} are. Whatever lets you set its base URL works too.`);
  }
  // Settings alone on stdout, so that they can be written to a file.
  console.error(`# ${program.name}: for ${program.place}. A key: npm run switchwright -- keys create NAME.`);
  console.log(program.text);
  if (program.note) console.error(`# ${program.note}`);
  return 0;
}

/** As given, without `/api/v1` or a final slash; else where `serve` listens with the same settings. */
function addressFor(url: string | undefined, configuration: Configuration): string | null {
  if (url === undefined) return originOf(configuration);
  const parsed = /^https?:/.test(url) ? URL.parse(url) : null;
  return parsed && parsed.origin + parsed.pathname.replace(/\/+$/, '').replace(/\/api(\/v1)?$/, '');
}
