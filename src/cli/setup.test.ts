import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'smol-toml';
import { readConfiguration } from './configuration.ts';
import { setupCommand, setupPrograms } from './setup.ts';
import { UsageError } from './usage.ts';

const programs = setupPrograms({ origin: 'https://gate.example', model: 'acme/small' });
const textOf = (id: string): string => programs.find((program) => program.id === id)?.text ?? '';

test('every program is told this address and this model, and nothing is left to fill in but the key', () => {
  assert.equal(new Set(programs.map(({ id }) => id)).size, programs.length);
  for (const { id, text } of programs) {
    assert(text.includes('https://gate.example'), id);
    assert(id === 'open-webui' || text.includes('acme/small'), id);
    assert(!/\{origin\}|\{model\}|127\.0\.0\.1|gpt-4/.test(text), id);
  }
});

test('files are in their formats', () => {
  const codex = parse(textOf('codex')) as { model_providers: { switchwright: object } };
  assert.deepEqual(
    { ...codex.model_providers.switchwright },
    {
      name: 'Switchwright',
      base_url: 'https://gate.example/api/v1',
      wire_api: 'responses',
      env_key: 'SWITCHWRIGHT_API_KEY',
    },
  );
  for (const id of ['opencode', 'zed']) JSON.parse(textOf(id));
});

test('every sample of docs/frameworks has a name', () => {
  const files = readdirSync(resolve(import.meta.dirname, '../../docs/frameworks'));
  const samples = programs.filter(({ place }) => place.startsWith('a file of your program'));
  assert.equal(samples.length, files.length);
  assert(samples.every(({ id }) => !id.includes('.')));
});

/** What a command prints on stdout, and its exit code. */
function printed(words: readonly string[], environment: { [name: string]: string } = {}): [string, number] {
  const { log, error } = console;
  const lines: string[] = [];
  console.log = (line: string) => lines.push(line);
  console.error = () => {};
  try {
    const code = setupCommand(words, readConfiguration(environment));
    return [lines.join('\n'), code];
  } finally {
    console.log = log;
    console.error = error;
  }
}

test('the address is the one that is given, or the one that serve listens on', () => {
  assert.match(printed(['codex'], { HOST: '0.0.0.0', PORT: '9000' })[0], /http:\/\/127\.0\.0\.1:9000\/api\/v1/);
  assert.match(printed(['codex', '--url', 'https://a.example/api/v1/'])[0], /"https:\/\/a\.example\/api\/v1"/);
  for (const words of [['nothing'], ['codex', '--model', 'a"; rm -rf ~'], ['codex', '--url', 'not an address']])
    assert.throws(() => printed(words), UsageError);
  assert.match(printed([])[0], /^claude-code +Claude Code$/m);
});
