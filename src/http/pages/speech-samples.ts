import type { Model } from '../../catalog/model.ts';
import { pathOfDialect } from '../inference-routes.ts';
import type { Sample } from './code.ts';
import { pythonClient, typescriptClient } from './sample-clients.ts';

/** How a model that speaks is asked. */
export function speechSamples({ id, voices }: Model, baseUrl: string): readonly Sample[] {
  const voice = voices?.[0] ?? 'alloy';
  const body = JSON.stringify({ model: id, input: TEXT, voice, response_format: 'mp3' });
  return [
    {
      label: 'Python',
      note: 'OpenAI SDK',
      language: 'python',
      install: 'pip install openai',
      text: `${pythonClient(baseUrl)}
with client.audio.speech.with_streaming_response.create(
  model=${JSON.stringify(id)},
  voice=${JSON.stringify(voice)},
  input=${JSON.stringify(TEXT)},
  response_format="mp3",
) as response:
  response.stream_to_file("speech.mp3")
`,
    },
    {
      label: 'TypeScript',
      note: 'OpenAI SDK',
      language: 'typescript',
      install: 'npm install openai',
      text: `import { writeFile } from 'node:fs/promises';
${typescriptClient(baseUrl)}
const speech = await client.audio.speech.create({
  model: ${JSON.stringify(id)},
  voice: ${JSON.stringify(voice)},
  input: ${JSON.stringify(TEXT)},
  response_format: 'mp3',
});
await writeFile('speech.mp3', Buffer.from(await speech.arrayBuffer()));
`,
    },
    {
      label: 'curl',
      note: 'HTTP',
      language: 'shell',
      text: `curl ${baseUrl}${pathOfDialect('openai-speech')} \\
  -H "Authorization: Bearer $SWITCHWRIGHT_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${body}' \\
  --output speech.mp3
`,
    },
  ];
}

const TEXT = 'The river runs to the sea.';

/** How a model that writes down what is said is asked. */
export const transcriptionSamples = ({ id }: Model, baseUrl: string): readonly Sample[] => [
  {
    label: 'Python',
    note: 'OpenAI SDK',
    language: 'python',
    install: 'pip install openai',
    text: `${pythonClient(baseUrl)}
with open("speech.mp3", "rb") as file:
  transcript = client.audio.transcriptions.create(model=${JSON.stringify(id)}, file=file)
print(transcript.text)
`,
  },
  {
    label: 'TypeScript',
    note: 'OpenAI SDK',
    language: 'typescript',
    install: 'npm install openai',
    text: `import { createReadStream } from 'node:fs';
${typescriptClient(baseUrl)}
const transcript = await client.audio.transcriptions.create({
  model: ${JSON.stringify(id)},
  file: createReadStream('speech.mp3'),
});
console.log(transcript.text);
`,
  },
  {
    label: 'curl',
    note: 'HTTP',
    language: 'shell',
    text: `curl ${baseUrl}${pathOfDialect('openai-transcription')} \\
  -H "Authorization: Bearer $SWITCHWRIGHT_API_KEY" \\
  -F model=${id} \\
  -F file=@speech.mp3
`,
  },
];
