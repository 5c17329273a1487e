import type { Route } from '../../route.ts';
import { LIST_IMAGE_ENDPOINTS, LIST_IMAGE_MODELS } from './images.ts';
import { COUNT_MODELS, LIST_EMBEDDING_MODELS, LIST_MODELS, LIST_USER_MODELS } from './list.ts';
import { GET_MODEL, LIST_ENDPOINTS, LIST_ZDR_ENDPOINTS, RETRIEVE_BY_PATH, RETRIEVE_MODEL } from './one.ts';
import { LIST_PROVIDERS } from './providers.ts';

/** The public catalogue: models, endpoints, hosts (spec §1.8). */
export const MODEL_ROUTES: readonly Route[] = [
  LIST_MODELS,
  LIST_USER_MODELS,
  COUNT_MODELS,
  LIST_EMBEDDING_MODELS,
  LIST_IMAGE_MODELS,
  LIST_IMAGE_ENDPOINTS,
  GET_MODEL,
  RETRIEVE_MODEL,
  RETRIEVE_BY_PATH,
  LIST_ENDPOINTS,
  LIST_ZDR_ENDPOINTS,
  LIST_PROVIDERS,
];
