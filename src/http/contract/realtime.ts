import type { FieldGroup } from './field.ts';

/** `GET /realtime` as a WebSocket. */
export const REALTIME_SESSION: FieldGroup = {
  id: 'session',
  title: 'A session',
  intro:
    'A WebSocket at /realtime on which a program and a model listen while they speak, in the messages of OpenAI’s realtime API. They pass as they are, to the hosts that speak it; each answer is held for before it is asked for and has a receipt of its own, which generation_id in response.created and response.done names. What an answer cannot be paid for is refused by an error, and the session goes on. Where a host would answer by itself when somebody stops speaking (turn_detection.create_response), the gateway asks for that answer in its place. A session lasts as long as its host lets it; one that is left stops its answers.',
  fields: [
    {
      name: 'model',
      type: 'string',
      otherwise: 'that of the client secret',
      meaning: 'In the address: ?model=. A model with an endpoint for realtime sessions.',
      example: 'sandbox/realtime',
    },
    {
      name: 'Authorization',
      type: 'header',
      meaning:
        'An API key, or a client secret. Browsers, which can set no headers, offer the subprotocols realtime and openai-insecure-api-key.KEY.',
    },
    {
      name: 'session.update',
      type: 'message',
      meaning:
        'Settings of the session. session.audio.input.transcription.model may be a model of the same provider that the catalogue has a price for; its transcripts have receipts of their own. Prompts that are stored at a host cannot be named.',
    },
    {
      name: 'response.create',
      type: 'message',
      range: 'up to 16 under way',
      meaning:
        'Asks for an answer. On a key with a limit all is held that it may cost: what the session holds, and as much as it may say (max_output_tokens, or the model’s limit).',
    },
    {
      name: 'conversation.item.*, input_audio_buffer.*, output_audio_buffer.clear, response.cancel',
      type: 'messages',
      range: 'up to 16 MB each',
      meaning: 'Passed on unread.',
    },
  ],
};

/** `POST /realtime/client_secrets`. */
export const CLIENT_SECRET: FieldGroup = {
  id: 'client-secrets',
  title: 'Client secrets',
  intro:
    'POST /realtime/client_secrets makes a key for a browser, so that it need not hold yours: it opens sessions until its time is over, begins them with the settings that it was made with, spends what your key spends, and can do nothing else. POST /realtime/sessions is the same in OpenAI’s older shape.',
  fields: [
    {
      name: 'session',
      type: 'object',
      range: 'up to 6,000 characters',
      meaning: 'The settings, with the model.',
      example: { type: 'realtime', model: 'sandbox/realtime', instructions: 'Be brief.' },
    },
    {
      name: 'expires_after.seconds',
      type: 'integer',
      range: '10 to 7,200',
      otherwise: '600',
      meaning: 'How long a session may be opened with it.',
      example: 60,
    },
  ],
};
