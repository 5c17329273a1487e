import { ROUTER_PLUGINS, readRouterOptions } from '../../call/router-options.ts';
import type { Plugin } from '../plugin.ts';

/** They say how router models choose, which the router itself reads: here they are checked. */
export const routers: readonly Plugin[] = ROUTER_PLUGINS.map((id) => ({
  id,
  read: readRouterOptions,
  open: () => ({}),
  staysInCall: true,
}));
