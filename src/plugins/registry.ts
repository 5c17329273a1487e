import { contextCompression } from './context-compression/index.ts';
import { fileParser } from './file-parser/index.ts';
import { moderation } from './moderation/index.ts';
import type { Plugin } from './plugin.ts';
import { responseHealing } from './response-healing/index.ts';
import { routers } from './routers/index.ts';
import { web } from './web/index.ts';
import { webFetch } from './web-fetch/index.ts';

/** The registry hands each plugin what the same plugin has read. */
const any = <Options>(plugin: Plugin<Options>): Plugin => plugin as unknown as Plugin;

/** Every plugin there is, in the order in which their hooks are called. */
export const PLUGINS: readonly Plugin[] = [
  ...routers,
  any(moderation),
  any(web),
  any(webFetch),
  any(fileParser),
  contextCompression,
  responseHealing,
];
