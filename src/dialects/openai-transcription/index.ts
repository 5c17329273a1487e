import type { TranscriptionCall } from '../../call/transcription.ts';
import type { OperationClient, WholeDialect } from '../dialect.ts';
import { encodeFault } from '../openai-client-fault.ts';
import { decodeFault } from '../openai-fault.ts';
import { encodeCall } from './call.ts';
import { decodeCall } from './client-call.ts';
import { encodeReply, encodeText } from './client-reply.ts';
import { OPENAI_TRANSCRIPTION } from './name.ts';
import { decodeReply } from './reply.ts';

const clientOf = (task: TranscriptionCall['task']): OperationClient<'transcription'> => ({
  id: OPENAI_TRANSCRIPTION,
  decodeCall: (body, request) => decodeCall(task, body, request),
  encodeReply,
  encodeText,
  encodeFault,
});

/** `POST /audio/transcriptions` as OpenRouter and OpenAI have it: JSON with base64, or a form with a file. */
export const openaiTranscriptionClient = clientOf('transcribe');
/** `POST /audio/translations`: the same, written down in English. */
export const openaiTranslationClient = clientOf('translate');

/** The form, as OpenAI, Groq, Mistral and Whisper's servers take it. */
export const openaiTranscriptionUpstream: WholeDialect<'transcription'> = {
  id: OPENAI_TRANSCRIPTION,
  entriesMax: () => 1,
  assets: () => [],
  encodeCall,
  decodeReply,
  decodeFault,
};
