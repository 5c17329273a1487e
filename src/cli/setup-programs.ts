/**
 * Settings of programs that can use this gateway, ready to paste: `{origin}` becomes this instance's address and
 * `{model}` the model. The key is named by its environment variable where a program reads those, and left for the
 * person to fill in where it does not: settings are shown on screens and pasted into files.
 */
export type SetupProgram = {
  readonly id: string;
  readonly name: string;
  /** Where the text goes. */
  readonly place: string;
  readonly text: string;
  readonly note?: string;
};

const form = (...rows: readonly (readonly [label: string, value: string])[]): string => {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n');
};

const COMPATIBLE_FORM = form(
  ['API Provider', 'OpenAI Compatible'],
  ['Base URL', '{origin}/api/v1'],
  ['API Key', '<your key>'],
  ['Model ID', '{model}'],
);

export const SETUP_PROGRAMS: readonly SetupProgram[] = [
  {
    id: 'claude-code',
    name: 'Claude Code',
    place: 'the shell that starts it',
    text: `export ANTHROPIC_BASE_URL="{origin}/api"
export ANTHROPIC_AUTH_TOKEN="$SWITCHWRIGHT_API_KEY"
export ANTHROPIC_API_KEY=""
export ANTHROPIC_MODEL="{model}"
export ANTHROPIC_DEFAULT_HAIKU_MODEL="{model}"
export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1`,
    note: 'It appends /v1/messages itself. Any model with tools will do, from whatever vendor.',
  },
  {
    id: 'codex',
    name: 'Codex',
    place: '~/.codex/config.toml',
    text: `model = "{model}"
model_provider = "switchwright"

[model_providers.switchwright]
name = "Switchwright"
base_url = "{origin}/api/v1"
wire_api = "responses"
env_key = "SWITCHWRIGHT_API_KEY"`,
  },
  {
    id: 'opencode',
    name: 'OpenCode',
    place: 'opencode.json',
    text: `{
  "$schema": "https://opencode.ai/config.json",
  "model": "switchwright/{model}",
  "provider": {
    "switchwright": {
      "npm": "@ai-sdk/openai-compatible",
      "name": "Switchwright",
      "options": { "baseURL": "{origin}/api/v1", "apiKey": "{env:SWITCHWRIGHT_API_KEY}" },
      "models": { "{model}": {} }
    }
  }
}`,
  },
  { id: 'cline', name: 'Cline', place: 'its settings, API Configuration', text: COMPATIBLE_FORM },
  { id: 'roo-code', name: 'Roo Code', place: 'its settings, Providers', text: COMPATIBLE_FORM },
  {
    id: 'cursor',
    name: 'Cursor',
    place: 'Cursor Settings, Models, API Keys',
    text: form(
      ['OpenAI API Key', '<your key>'],
      ['Override OpenAI Base URL', '{origin}/api/v1'],
      ['Add custom model', '{model}'],
    ),
    note: 'Cursor asks from its own servers: the address must be reachable from the internet.',
  },
  {
    id: 'continue',
    name: 'Continue',
    place: '~/.continue/config.yaml',
    text: `name: Switchwright
version: 1.0.0
schema: v1
models:
  - name: {model}
    provider: openai
    model: {model}
    apiBase: {origin}/api/v1
    apiKey: <your key>`,
  },
  {
    id: 'zed',
    name: 'Zed',
    place: 'settings.json; it asks for the key, or reads SWITCHWRIGHT_API_KEY',
    text: `{
  "language_models": {
    "openai_compatible": {
      "Switchwright": {
        "api_url": "{origin}/api/v1",
        "available_models": [{ "name": "{model}", "max_tokens": 128000 }]
      }
    }
  }
}`,
  },
  {
    id: 'aider',
    name: 'Aider',
    place: 'the shell that starts it',
    text: `export OPENAI_API_BASE="{origin}/api/v1"
export OPENAI_API_KEY="$SWITCHWRIGHT_API_KEY"
aider --model "openai/{model}"`,
    note: 'The first openai/ tells Aider the format; the rest is the model.',
  },
  {
    id: 'goose',
    name: 'goose',
    place: 'the shell that starts it',
    text: `export GOOSE_PROVIDER="openai"
export GOOSE_MODEL="{model}"
export OPENAI_HOST="{origin}"
export OPENAI_BASE_PATH="api/v1/chat/completions"
export OPENAI_API_KEY="$SWITCHWRIGHT_API_KEY"`,
  },
  {
    id: 'open-webui',
    name: 'Open WebUI',
    place: 'the environment of its container',
    text: `OPENAI_API_BASE_URL={origin}/api/v1
OPENAI_API_KEY=<your key>`,
    note: 'In a container 127.0.0.1 is the container itself: use host.docker.internal or the name of the machine.',
  },
  {
    id: 'librechat',
    name: 'LibreChat',
    place: 'librechat.yaml',
    text: `version: 1.2.1
endpoints:
  custom:
    - name: Switchwright
      apiKey: "\${SWITCHWRIGHT_API_KEY}"
      baseURL: {origin}/api/v1
      models:
        default: ["{model}"]
        fetch: true
      titleConvo: true
      titleModel: current_model`,
  },
  {
    id: 'litellm',
    name: 'LiteLLM',
    place: 'config.yaml',
    text: `model_list:
  - model_name: {model}
    litellm_params:
      model: openai/{model}
      api_base: {origin}/api/v1
      api_key: os.environ/SWITCHWRIGHT_API_KEY`,
  },
];
