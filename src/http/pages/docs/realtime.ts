import { CLIENT_SECRET, REALTIME_SESSION } from '../../contract/realtime.ts';
import type { Route } from '../../route.ts';
import { html } from '../html.ts';
import { groupTable } from './field-table.ts';
import { docsPage } from './frame.ts';

const GROUPS = [REALTIME_SESSION, CLIENT_SECRET];

/** Sessions on which both sides speak. */
export const realtimeDocsRoute: Route = {
  method: 'GET',
  path: '/docs/realtime',
  auth: 'none',
  handle: (request) =>
    docsPage(request, '/docs/realtime', {
      title: 'Realtime',
      lead: 'Speak with a model while it listens, in OpenAI’s realtime API over WebSockets. sandbox/realtime takes sessions without any key at a provider. OpenAI’s JavaScript library (OpenAIRealtimeWS, openai 7.57) speaks TLS alone, whatever its base URL says: behind a proxy with TLS it works as it is, at a plain http address its option createConnection must open the socket.',
      parts: GROUPS,
      content: html`${GROUPS.map((group) => groupTable(group, { prefix: `${group.id}.` }))}`,
    }),
};
