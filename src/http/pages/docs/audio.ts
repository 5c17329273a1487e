import { SPEECH, TRANSCRIPTION } from '../../contract/audio.ts';
import type { Route } from '../../route.ts';
import { codeBlock } from '../code.ts';
import { html } from '../html.ts';
import { groupTable } from './field-table.ts';
import { docsPage } from './frame.ts';

/** Every field of requests for speech and transcripts, from the table that a test holds against the decoders. */
export const audioRoute: Route = {
  method: 'GET',
  path: '/docs/audio',
  auth: 'none',
  handle: (request) =>
    docsPage(request, '/docs/audio', {
      title: 'Audio',
      lead: 'Text that is spoken, and speech that is written down: every field of both requests. The SDKs of OpenAI and OpenRouter send them as they are.',
      parts: [SPEECH, TRANSCRIPTION],
      content: html`${codeBlock('shell', curl(request.origin), 'There and back in the sandbox')}
${groupTable(SPEECH, { prefix: 'speech.' })}${groupTable(TRANSCRIPTION, { prefix: 'transcription.' })}`,
    }),
};

const curl = (origin: string): string => `curl ${origin}/api/v1/audio/speech \\
  -H "Authorization: Bearer $SWITCHWRIGHT_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{ "model": "sandbox/speech", "input": "The river runs to the sea.", "response_format": "wav" }' \\
  --output speech.wav

curl ${origin}/api/v1/audio/transcriptions \\
  -H "Authorization: Bearer $SWITCHWRIGHT_API_KEY" \\
  -F model=sandbox/transcribe \\
  -F file=@speech.wav`;
