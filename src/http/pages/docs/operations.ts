import type { OperationId } from '../../../call/operation.ts';
import { OPERATION_FIELDS } from '../../contract/operations.ts';
import { INFERENCE_ROUTES, pathsOf } from '../../inference-routes.ts';
import type { Route } from '../../route.ts';
import { copyable } from '../code.ts';
import { html } from '../html.ts';
import { groupTable } from './field-table.ts';
import { docsPage } from './frame.ts';

const GROUPS = Object.entries(OPERATION_FIELDS) as [OperationId, (typeof OPERATION_FIELDS)['rerank']][];

/** What can be asked beside a chat: where, and with which fields. */
export const operationsRoute: Route = {
  method: 'GET',
  path: '/docs/operations',
  auth: 'none',
  handle: (request) =>
    docsPage(request, '/docs/operations', {
      title: 'Other operations',
      lead: 'What can be asked beside a chat. model, models, provider, user and session_id mean what they mean there; fields that are not named here are passed on to endpoints that speak the same dialect.',
      parts: GROUPS.map(([, group]) => group),
      content: html`${GROUPS.map(
        ([operation, group]) =>
          html`${groupTable(group, { prefix: `${operation}.`, lead: html`<p class="lead">${group.intro}</p><dl class="pairs wide">${pathsFor(operation).map((path) => html`<div><dt>POST</dt><dd>${copyable(`${request.origin}${path}`)}</dd></div>`)}</dl>` })}`,
      )}`,
    }),
};

/** The first path of each route. */
const pathsFor = (operation: OperationId): readonly string[] =>
  INFERENCE_ROUTES.filter((route) => route.operation === operation).flatMap((route) => pathsOf(route).slice(0, 1));
