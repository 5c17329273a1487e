import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import { openaiSpeechClient } from '../../dialects/openai-speech/index.ts';
import { openaiTranscriptionClient } from '../../dialects/openai-transcription/index.ts';
import { SPEECH, TRANSCRIPTION } from './audio.ts';

const NO_REQUEST = { headers: {}, params: {} };
const KINDS = [
  { group: SPEECH, client: openaiSpeechClient, body: { model: 'a/b', input: 'Hello' } },
  {
    group: TRANSCRIPTION,
    client: openaiTranscriptionClient,
    body: { model: 'a/b', input_audio: { data: 'UklGRg==', format: 'wav' } },
  },
] as const;

for (const { group, client, body } of KINDS) {
  for (const { name, example } of group.fields.filter((field) => field.name !== 'file'))
    test(`${group.id}: ${name} is read as its example shows it, and a value of another kind is refused`, () => {
      assert.notEqual(example, undefined);
      const decode = (value: unknown) => client.decodeCall({ ...body, [name]: value } as JsonObject, NO_REQUEST);
      const taken = decode(example);
      assert.equal(taken.ok, true, taken.ok ? '' : taken.error.message);
      assert.equal(taken.ok && taken.value.native, undefined, 'it is no stranger to the decoder');
      const refused = decode(typeof example === 'string' ? 7 : 'nonsense');
      assert.equal(!refused.ok && refused.error.param?.startsWith(name), true);
    });

  test(`${group.id}: no field is described twice`, () => {
    const names = group.fields.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
  });
}
