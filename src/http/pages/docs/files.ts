import { BATCHES, FILE_LIST, FILE_UPLOAD, FILE_USE } from '../../contract/files.ts';
import type { Route } from '../../route.ts';
import { html } from '../html.ts';
import { groupTable } from './field-table.ts';
import { docsPage } from './frame.ts';

const GROUPS = [FILE_UPLOAD, FILE_LIST, FILE_USE, BATCHES];

/** What can be uploaded and named in calls, and calls by the thousand. */
export const filesDocsRoute: Route = {
  method: 'GET',
  path: '/docs/files',
  auth: 'none',
  handle: (request) =>
    docsPage(request, '/docs/files', {
      title: 'Files and batches',
      lead: 'A file is uploaded once and named by its id in any call, whatever the dialect. It belongs to the workspace of the key that it came with.',
      parts: GROUPS,
      content: html`${GROUPS.map((group) => groupTable(group, { prefix: `${group.id}.` }))}`,
    }),
};
