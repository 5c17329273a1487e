import { ANSWER, replyIn, streamIn } from '../../contract/response.ts';
import { CLIENTS } from '../../contract/support.ts';
import type { Route } from '../../route.ts';
import { sampleTabs } from '../code.ts';
import { html } from '../html.ts';
import { groupTable } from './field-table.ts';
import { docsPage } from './frame.ts';

const PARTS = [
  { id: 'whole', title: 'A whole answer' },
  { id: 'stream', title: 'A streamed answer' },
  { id: ANSWER.id, title: ANSWER.title },
] as const;
const [WHOLE, STREAM] = PARTS;

/** One answer in every dialect, written by the encoders that answer in earnest. */
export const responseRoute: Route = {
  method: 'GET',
  path: '/docs/response',
  auth: 'none',
  handle: (request) =>
    docsPage(request, '/docs/response', {
      title: 'Response',
      lead: 'The same answer in every dialect. Usage and cost always come with it.',
      parts: PARTS,
      content: html`<section id="${WHOLE.id}" class="part"><h2>${WHOLE.title}</h2>
${sampleTabs(
  'answer-in',
  CLIENTS.map(({ id, name }) => ({
    label: name,
    note: '',
    language: 'json',
    text: `${JSON.stringify(replyIn(id), null, 2)}\n`,
  })),
)}</section>
<section id="${STREAM.id}" class="part"><h2>${STREAM.title}</h2><p class="lead">Server-sent events. Lines that begin with a colon keep a silent line open and mean nothing. After the first word a failure can only be told in the stream: the last chunk then has <code>error</code>, and <code>finish_reason</code> is <code>error</code>.</p>
${sampleTabs(
  'stream-in',
  CLIENTS.map(({ id, name }) => ({ label: name, note: '', language: 'text', text: `${streamIn(id).trimEnd()}\n` })),
)}</section>
${groupTable(ANSWER, { prefix: 'answer.' })}`,
    }),
};
