/** Real providers' answers, replayed byte for byte through the running gateway over HTTP. */
import { after, before, describe, test } from 'node:test';
import { API_KEY } from './gateway-process.ts';
import { isEmbedding, modelOf, RECORDINGS, type Replay, skipRecordings, startReplay, WAYS } from './recordings.ts';
import { checkAnswer } from './recordings-expect.ts';
import { foldStream } from './recordings-fold.ts';

describe('recorded provider answers', { skip: skipRecordings }, () => {
  let replay: Replay;
  before(async () => {
    replay = await startReplay(WAYS);
  });
  after(() => replay?.stop());

  const post = (path: string, body: object): Promise<Response> =>
    fetch(`${replay.gateway.base}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  for (const recording of RECORDINGS) {
    const ways = WAYS.filter((way) => way === 'whole' || recording.stream);
    for (const way of ways)
      test(`${recording.id}, ${way}`, async () => {
        const model = modelOf(recording, way);
        if (isEmbedding(recording)) {
          const response = await post('/embeddings', {
            model,
            input: ['a', 'b', 'c'].slice(0, recording.expect.embeddings?.count),
            encoding_format: 'float',
          });
          checkAnswer(recording.expect, { status: response.status, body: (await response.json()) as never });
          return;
        }
        const response = await post('/chat/completions', {
          model,
          stream: recording.stream,
          messages: [{ role: 'user', content: 'Hello' }],
        });
        const text = await response.text();
        const streamed = response.headers.get('content-type')?.startsWith('text/event-stream');
        const body = streamed ? foldStream(text) : JSON.parse(text);
        checkAnswer(recording.expect, { status: response.status, body });
      });
  }
});
