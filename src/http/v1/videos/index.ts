import type { Route } from '../../route.ts';
import { CONTENT } from './content.ts';
import { GOOGLE_OPERATION, JOB_ROUTES } from './jobs.ts';
import { LIST_VIDEO_MODELS } from './models.ts';

/** Videos that were begun by `POST /videos`, and the models that film. */
export const VIDEO_ROUTES: readonly Route[] = [LIST_VIDEO_MODELS, ...JOB_ROUTES, GOOGLE_OPERATION, CONTENT];
