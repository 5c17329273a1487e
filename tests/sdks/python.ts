import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The OpenAI SDK for Python that the tests run programs with. */
const OPENAI = ['openai==3.51.0'];
/** Programs' other ways to chat completions; each is driven by `clients.py`. */
const CLIENTS = [
  'openai==3.57.0',
  'openrouter==0.11.46',
  'pydantic-ai-slim[openai]==2.68.0',
  'langchain-openai==1.7.4',
  'langchain-openrouter==0.2.9',
];
/** OpenRouter's own SDK, the newest: its models demand fields that older ones do not know. */
const OPENROUTER = ['openrouter==1.3.84'];
/** SDKs that rank documents. */
const RANKERS = [...OPENROUTER, 'cohere==7.3.1'];
/** SDKs that ask typed questions. */
const DECIDERS = [...OPENROUTER, 'openai==3.57.0'];
/** Pydantic's list of what models cost. */
const PRICES = ['genai-prices==0.2.3'];
/** The published protobufs of OpenTelemetry's protocol. */
const OTLP = ['opentelemetry-proto==1.45.2'];
/** Ollama's own client. */
const OLLAMA = ['ollama==0.6.3'];
const INSTALL_MS_MAX = 240_000;

export type Python = { readonly python: string } | { readonly missing: string };

/** A Python that can `import openai`, made once outside the repository; or why there is none. */
export const pythonWithOpenAI = (): Python => pythonWith(OPENAI);
export const pythonWithClients = (): Python => pythonWith(CLIENTS);
export const pythonWithOpenRouter = (): Python => pythonWith(OPENROUTER);
export const pythonWithOllama = (): Python => pythonWith(OLLAMA);
export const pythonWithRankers = (): Python => pythonWith(RANKERS);
export const pythonWithDeciders = (): Python => pythonWith(DECIDERS);
export const pythonWithPrices = (): Python => pythonWith(PRICES);

export const pythonWithOtlp = (): Python => pythonWith(OTLP);

function pythonWith(packages: readonly string[]): Python {
  const name = createHash('sha256').update(packages.join()).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), `switchwright-python-${name}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return { python };
  if (spawnSync('python3', ['--version']).status !== 0) return { missing: 'there is no python3' };
  const fresh = mkdtempSync(`${folder}-`);
  const install = [
    ['python3', '-m', 'venv', fresh],
    [join(fresh, 'bin', 'python'), '-m', 'pip', 'install', '--quiet', '--retries', '1', ...packages],
  ];
  for (const [program = '', ...words] of install) {
    const done = spawnSync(program, words, { timeout: INSTALL_MS_MAX, encoding: 'utf8' });
    if (done.status === 0) continue;
    rmSync(fresh, { recursive: true, force: true });
    const reason = (done.stderr || done.stdout || done.error?.message || '').trim().split('\n').at(-1);
    return { missing: `${packages.join(', ')} for Python could not be installed: ${reason}` };
  }
  try {
    renameSync(fresh, folder);
  } catch {
    // Another test file was faster.
    rmSync(fresh, { recursive: true, force: true });
  }
  return { python };
}
