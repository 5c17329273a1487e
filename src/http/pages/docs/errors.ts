import { FAULTS, type FaultCode, type FaultRow } from '../../../base/fault.ts';
import type { Route } from '../../route.ts';
import { codeBlock } from '../code.ts';
import { type Html, html } from '../html.ts';
import { ERROR_WORDS } from './error-words.ts';
import { docsPage } from './frame.ts';

const BLAME: { readonly [B in FaultRow['blame']]: string } = {
  caller: 'request',
  gateway: 'gateway',
  upstream: 'provider',
};
const RETRY: { readonly [R in FaultRow['retry']]: string } = {
  no: 'returned',
  'same-once': 'once more, then next',
  'next-endpoint': 'next endpoint',
  'next-model': 'next model',
};

const ENVELOPE = `{
  "error": {
    "code": 429,
    "message": "…",
    "metadata": { "error_type": "rate_limit_exceeded", "provider_name": "…", "raw": "…" }
  }
}`;

/** Generated from the table of faults. */
export const errorsRoute: Route = {
  method: 'GET',
  path: '/docs/errors',
  auth: 'none',
  handle: (request) =>
    docsPage(request, '/docs/errors', {
      title: 'Errors',
      lead: 'Every way a request can fail: its status, whose fault it is, and what the gateway does before you hear of it.',
      content: html`${codeBlock('json', ENVELOPE, 'An error')}
<section class="part prose"><h2>Before and after the first word</h2>
<p>Until the first content arrives, a failing endpoint is replaced by the next one and you see nothing of it but a line in the receipt. After it, the answer cannot be taken back: a stream then ends with a chunk that has <code>error</code> and <code>finish_reason: "error"</code>.</p>
<p>Behind the status of a provider’s fault stands what the provider said: <code>metadata.raw</code>, without credentials.</p></section>
<section class="part"><h2>Codes</h2><div class="scroll" tabindex="0" role="region" aria-label="Codes"><table><thead><tr><th scope="col">Code</th><th scope="col" class="number">Status</th><th scope="col"><code>error_type</code></th><th scope="col">What happened</th><th scope="col">At fault</th><th scope="col">Then</th></tr></thead><tbody>${(Object.keys(FAULTS) as FaultCode[]).map(row)}</tbody></table></div></section>`,
    }),
};

function row(code: FaultCode): Html {
  const { status, errorType, blame, retry }: FaultRow = FAULTS[code];
  return html`<tr id="${code}"><td><code>${code}</code></td><td class="number">${status}</td><td><code>${errorType}</code></td><td class="words-wide">${ERROR_WORDS[code]}</td><td>${BLAME[blame]}</td><td>${RETRY[retry]}</td></tr>`;
}
