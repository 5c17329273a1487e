import { advisor } from './advisor/index.ts';
import { bash } from './bash/index.ts';
import { codeInterpreter } from './code-interpreter/index.ts';
import { datetime } from './datetime/index.ts';
import { fusion } from './fusion/index.ts';
import { imageGeneration } from './image-generation/index.ts';
import { mcp } from './mcp/index.ts';
import { searchModels } from './search-models/index.ts';
import { shell } from './shell/index.ts';
import { subagent } from './subagent/index.ts';
import type { ServerTool } from './tool.ts';
import { webFetch } from './web-fetch/index.ts';
import { webSearch } from './web-search/index.ts';

/** The registry calls each tool with what the same tool has read. */
const any = <Options>(tool: ServerTool<Options>): ServerTool => tool as unknown as ServerTool;

/** Every tool that the gateway runs. */
export const SERVER_TOOLS: readonly ServerTool[] = [
  any(webSearch),
  any(webFetch),
  any(datetime),
  any(searchModels),
  any(imageGeneration),
  any(advisor),
  any(subagent),
  any(fusion),
  any(shell),
  any(bash),
  any(codeInterpreter),
  any(mcp),
];
