import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Route } from '../../route.ts';
import { codeBlock, copyable, type Language } from '../code.ts';
import { html } from '../html.ts';
import { docsPage } from './frame.ts';

const FOLDER = resolve(import.meta.dirname, '../../../../docs/frameworks');

type Framework = {
  readonly file: string;
  readonly title: string;
  readonly install: string;
  readonly language: Language;
};

/** The files of `docs/frameworks/`, which the tests run: what is shown here works. */
export const FRAMEWORKS: readonly Framework[] = [
  { file: 'openai-sdk.py', title: 'OpenAI SDK, Python', install: 'pip install openai', language: 'python' },
  { file: 'openai.ts', title: 'OpenAI SDK, TypeScript', install: 'npm install openai', language: 'typescript' },
  { file: 'curl.sh', title: 'curl', install: '', language: 'shell' },
  { file: 'ai-sdk.ts', title: 'AI SDK', install: 'npm install ai @openrouter/ai-sdk-provider', language: 'typescript' },
  { file: 'langchain.ts', title: 'LangChain', install: 'npm install @langchain/openrouter', language: 'typescript' },
  { file: 'anthropic.ts', title: 'Anthropic SDK', install: 'npm install @anthropic-ai/sdk', language: 'typescript' },
  { file: 'openrouter.ts', title: 'OpenRouter SDK', install: 'npm install @openrouter/sdk', language: 'typescript' },
];

/** Reads a snippet and fills in this instance's address where it falls back to the default one. */
export function snippet(file: string, origin: string): string {
  return readFileSync(resolve(FOLDER, file), 'utf8').replaceAll('http://127.0.0.1:8787', origin);
}

const idOf = (file: string): string => file.replace('.', '-');

export const frameworksRoute: Route = {
  method: 'GET',
  path: '/docs/frameworks',
  auth: 'none',
  handle: (request) => {
    const { origin } = request;
    return docsPage(request, '/docs/frameworks', {
      title: 'Frameworks',
      parts: FRAMEWORKS.map(({ file, title }) => ({ id: idOf(file), title })),
      lead: 'A client that lets you set its base URL works. These files read the key from the environment and run as they are.',
      content: html`<dl class="pairs wide"><div><dt>OpenAI clients</dt><dd>${copyable(`${origin}/api/v1`)}</dd></div><div><dt>Anthropic clients</dt><dd>${copyable(`${origin}/api`)}</dd></div><div><dt>Google clients</dt><dd>${copyable(origin)}</dd></div><div><dt>Key</dt><dd><code>SWITCHWRIGHT_API_KEY</code></dd></div></dl>
${FRAMEWORKS.map(
  ({
    file,
    title,
    install,
    language,
  }) => html`<section class="part" id="${idOf(file)}"><h2>${title} <small>${file}</small></h2>
${install && html`<p class="install">${copyable(install)}</p>`}${codeBlock(language, snippet(file, origin), title)}</section>`,
)}`,
    });
  },
};
