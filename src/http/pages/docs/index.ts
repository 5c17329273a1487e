import type { Route } from '../../route.ts';
import { apiDocsRoute, openapiRoutes } from './api.ts';
import { errorsRoute } from './errors.ts';
import { filesDocsRoute } from './files.ts';
import { frameworksRoute } from './frameworks.ts';
import { asMarkdown } from './markdown.ts';
import { operationsRoute } from './operations.ts';
import { realtimeDocsRoute } from './realtime.ts';
import { parametersRoute, requestRoute } from './request.ts';
import { responseRoute } from './response.ts';
import { sandboxRoute } from './sandbox.ts';
import { docsRoute } from './start.ts';

const PAGES: readonly Route[] = [
  docsRoute,
  requestRoute,
  parametersRoute,
  responseRoute,
  operationsRoute,
  realtimeDocsRoute,
  filesDocsRoute,
  frameworksRoute,
  apiDocsRoute,
  errorsRoute,
  sandboxRoute,
];

/** The docs, each page also as Markdown, and the API for programs. */
export const DOCS_ROUTES: readonly Route[] = [...PAGES, ...PAGES.map(asMarkdown), ...openapiRoutes];
