import { PRODUCT } from '../base/product.ts';
import type { ClientDialect } from './dialect.ts';

/** How streams of OpenAI's formats are served. OpenRouter's word while nothing is said yet is a comment of this form. */
export const OPENAI_STREAM: Pick<ClientDialect, 'keepAlive' | 'streamContentType'> = {
  keepAlive: `: ${PRODUCT.name.toUpperCase()} PROCESSING\n\n`,
  streamContentType: 'text/event-stream',
};
