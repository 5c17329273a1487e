import { z } from 'zod';
import { lastWholeDay } from '../../../insights/datasets.ts';
import type { Route } from '../../route.ts';
import { refusal } from '../account/refusal.ts';
import { readQuery } from './read-query.ts';

const QUERY = z.object({ window: z.literal('7d', { error: 'must be 7d' }).optional() });

/**
 * `GET /classifications/task`: shares of what calls were for. Nobody looks into calls here to tell, so that no request is
 * classified, and shares are of classified ones alone.
 */
export const CLASSIFICATIONS: Route = {
  method: 'GET',
  path: '/classifications/task',
  auth: 'look',
  query: QUERY,
  handle: ({ query }, { world }) => {
    const wish = readQuery(QUERY, query);
    if (!wish.ok) return refusal(wish.error);
    const as_of = lastWholeDay(world.now());
    return { status: 200, json: { data: { window_days: 7, as_of, classifications: [], macro_categories: [] } } };
  },
};
