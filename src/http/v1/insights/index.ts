import type { Route } from '../../route.ts';
import { ANALYTICS_META, ANALYTICS_QUERY } from './analytics.ts';
import { BENCHMARKS } from './benchmarks.ts';
import { CLASSIFICATIONS } from './classifications.ts';
import { DATASET_ROUTES } from './datasets.ts';

/** What was used and how good it is, summed up. */
export const INSIGHT_ROUTES: readonly Route[] = [
  ANALYTICS_META,
  ANALYTICS_QUERY,
  BENCHMARKS,
  CLASSIFICATIONS,
  ...DATASET_ROUTES,
];
