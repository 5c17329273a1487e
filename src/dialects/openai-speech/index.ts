import type { BytesClient, StreamedDialect } from '../dialect.ts';
import { encodeFault } from '../openai-client-fault.ts';
import { decodeFault } from '../openai-fault.ts';
import { decodeSteps } from './answer.ts';
import { encodeCall } from './call.ts';
import { decodeCall } from './client-call.ts';
import { encodeSteps } from './client-steps.ts';
import { OPENAI_SPEECH } from './name.ts';
import { QUIRKS } from './quirks.ts';

/** OpenAI's `POST /audio/speech` with OpenRouter's additions, as programs speak it to us. */
export const openaiSpeechClient: BytesClient<'speech'> = { id: OPENAI_SPEECH, decodeCall, encodeFault, encodeSteps };

/** The same, as OpenAI, Groq, Mistral and servers on one's own machine serve it. */
export const openaiSpeechUpstream: StreamedDialect<'speech'> = {
  id: OPENAI_SPEECH,
  accept: '*/*',
  encodeCall,
  decodeSteps,
  decodeFault,
  quirks: QUIRKS,
};
