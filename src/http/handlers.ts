import { assert } from '../base/assert.ts';
import type { PostedId } from '../call/operation.ts';
import { excessOfSpeech, withReadSpeech } from '../call/speech-texts.ts';
import { objectionToAudio, withReadAudio } from '../call/transcription-audio.ts';
import type { ClientDialects, OperationClient } from '../dialects/dialect.ts';
import { CLIENT_DIALECTS } from '../dialects/registry.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Operation } from '../gateway/operation.ts';
import { OPERATIONS } from '../gateway/operations.ts';
import { bytesHandler } from './bytes-inference.ts';
import { chatHandler } from './chat-inference.ts';
import { imageHandler } from './image-inference.ts';
import { type InferenceHandler, wholeHandler } from './inference.ts';
import { videoHandler } from './video-inference.ts';

const TRANSCRIPTION = { completed: withReadAudio, objection: objectionToAudio };
const SPEECH = { completed: withReadSpeech, excess: excessOfSpeech };

type Route = { readonly operation: PostedId; readonly dialect: string };

/** What handles a route, by its operation and its client dialect. */
export function createHandlers(gateway: Gateway): (route: Route) => InferenceHandler {
  return ({ operation, dialect }) => {
    const client = CLIENT_DIALECTS[operation][dialect];
    assert(client, `no client dialect ${dialect} of ${operation}`);
    if (operation === 'chat') return chatHandler(client as ClientDialects['chat'], gateway);
    if (operation === 'speech')
      return bytesHandler(OPERATIONS.speech, client as ClientDialects['speech'], gateway, SPEECH);
    if (operation === 'images') return imageHandler(client as ClientDialects['images'], gateway);
    if (operation === 'videos') return videoHandler(client as ClientDialects['videos'], gateway);
    if (operation === 'transcription')
      return wholeHandler(OPERATIONS.transcription, client as ClientDialects['transcription'], gateway, TRANSCRIPTION);
    return wholeHandler(
      OPERATIONS[operation] as Operation<typeof operation>,
      client as OperationClient<typeof operation>,
      gateway,
    );
  };
}
