import type { Route } from '../../route.ts';
import { ACTIVITY } from './activity.ts';
import { CREDITS } from './credits.ts';
import { GENERATION } from './generation.ts';
import { KEY_ROUTES } from './key.ts';
import { KEYS_ROUTES } from './keys.ts';

/** Keys, credit, records and activity of the caller's account. */
export const ACCOUNT_ROUTES: readonly Route[] = [GENERATION, ...KEY_ROUTES, CREDITS, ...KEYS_ROUTES, ACTIVITY];
