/** Coding agents hold a session through the gateway: they offer tools, run what the model calls, and print its answer. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setupPrograms } from '../../src/cli/setup.ts';
import { API_KEY, skipReason, startGateway } from '../gateway-process.ts';
import { installAgents } from './install-agents.ts';
import { type Format, type Script, startScriptedModel } from './scripted-model.ts';

const installed = installAgents();
const skip = skipReason('missing' in installed ? installed.missing : null);
const program = (...path: string[]): string =>
  join('folder' in installed ? installed.folder : '', 'node_modules', ...path);

const model = await startScriptedModel();
const DIALECTS: { readonly [F in Format]: string } = { openai: 'openai-chat', anthropic: 'anthropic-messages' };
const gateway = await startGateway({
  catalogue: Object.fromEntries(
    Object.entries(DIALECTS).flatMap(([format, dialect]) => [
      [
        `providers/scripted-${format}.toml`,
        `name = "Scripted"\nbase_url = "${model.origin}/v1"\nauth = { scheme = "none" }\n[dialects.${dialect}]\n`,
      ],
      [
        `models/scripted/${format}.toml`,
        `name = "Scripted"\ncontext = 200_000\n[endpoints.scripted-${format}]\nupstream_id = "scripted"\nfeatures = ["tools", "json-schema"]\nprice = { input = "1", output = "2" }\n`,
      ],
    ]),
  ),
});
const home = mkdtempSync(join(tmpdir(), 'switchwright-agent-'));
after(async () => {
  await gateway.stop();
  model.close();
  rmSync(home, { recursive: true, force: true });
});

const NOWHERE = 'http://127.0.0.1:9';
const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: home,
  SWITCHWRIGHT_API_KEY: API_KEY,
  // Whatever else an agent would call is unreachable: the gateway must be enough.
  HTTP_PROXY: NOWHERE,
  HTTPS_PROXY: NOWHERE,
  NO_PROXY: '127.0.0.1',
};

/** What `switchwright setup` prints for a program. */
function settingsOf(id: string, format: Format): string {
  const programs = setupPrograms({ origin: gateway.origin, model: `scripted/${format}` });
  return programs.find((each) => each.id === id)?.text ?? '';
}

type Session = {
  readonly words: readonly string[];
  readonly folder: string;
  readonly environment: { readonly [name: string]: string };
};

async function run(command: string, { words, folder, environment }: Session): Promise<string> {
  const child = spawn(command, words, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...ENVIRONMENT, ...environment },
    timeout: 600_000,
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (bytes) => (output += bytes));
  child.stderr.on('data', (bytes) => (errors += bytes));
  const status = await new Promise<number | null>((ended) => child.on('close', ended));
  assert.equal(status, 0, output + errors);
  return output;
}

type Agent = {
  readonly name: string;
  readonly script: (file: string) => Script;
  readonly start: (format: Format, folder: string) => Promise<string>;
};

const GREETING = 'Hello from the script';
const AGENTS: readonly Agent[] = [
  {
    name: 'Claude Code',
    script: (file_path) => [
      { tool: 'Write', input: { file_path, content: GREETING } },
      { tool: 'Read', input: { file_path } },
    ],
    start: async (format, folder) => {
      const options = ['--allowedTools', 'Write,Read', '--output-format', 'json'];
      const wrapper = program('@anthropic-ai', 'claude-code', 'cli-wrapper.cjs');
      const settings = settingsOf('claude-code', format);
      const output = await run('sh', {
        words: ['-c', `${settings}\nexec "$0" "$@"`, process.execPath, wrapper, '-p', 'Greet me.', ...options],
        folder,
        environment: { DISABLE_AUTOUPDATER: '1' },
      });
      return JSON.parse(output).result;
    },
  },
  {
    name: 'Codex',
    script: (file) => [
      { tool: 'exec_command', input: { cmd: `echo '${GREETING}' > '${file}'` } },
      { tool: 'exec_command', input: { cmd: `cat '${file}'` } },
    ],
    start: (format, folder) => {
      mkdirSync(join(folder, '.codex'));
      writeFileSync(
        join(folder, '.codex', 'config.toml'),
        `check_for_update_on_startup = false\n${settingsOf('codex', format)}\n[analytics]\nenabled = false\n`,
      );
      // The commands are the script's own.
      const options = ['--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'];
      return run(process.execPath, {
        words: [program('@openai', 'codex', 'bin', 'codex.js'), 'exec', ...options, 'Greet me.'],
        folder,
        environment: { CODEX_HOME: join(folder, '.codex') },
      });
    },
  },
];

describe('coding agents', { skip }, () => {
  for (const { name, script, start } of AGENTS)
    for (const format of ['openai', 'anthropic'] as const)
      test(`${name} over a model in ${format}'s format`, async () => {
        const folder = mkdtempSync(join(home, 'work-'));
        const file = join(folder, 'greeting.txt');
        const steps = script(file);
        model.play(steps);
        const answer = await start(format, folder);
        assert.match(answer, /The script is over/);
        assert(answer.includes(GREETING), answer);
        assert.equal(readFileSync(file, 'utf8').trim(), GREETING);
        assert(model.turns.every((turn) => turn.format === format));
        const offered = model.turns[0]?.tools ?? [];
        for (const { tool } of steps) assert(offered.includes(tool), offered.join(', '));
        assert.deepEqual(
          model.turns.map(({ results }) => results.length),
          [0, 1, 2],
        );
      });
});
