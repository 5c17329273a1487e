import type { Plugin } from './plugin.ts';
import { routers } from './routers/index.ts';

/** Every plugin there is, in the order in which their hooks are called. */
export const PLUGINS: readonly Plugin[] = [...routers];

/** Is there such a plugin here? */
export const isKnownPlugin = (id: unknown): boolean => PLUGINS.some((plugin) => plugin.id === id);
