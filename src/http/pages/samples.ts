import type { JsonObject } from '../../base/json.ts';
import type { OperationId } from '../../call/operation.ts';
import type { Model } from '../../catalog/model.ts';
import { operationFor } from '../../catalog/operations.ts';
import { pathOfDialect } from '../inference-routes.ts';
import type { Sample } from './code.ts';
import { isRealtime, realtimeSamples } from './realtime-samples.ts';
import { pythonClient } from './sample-clients.ts';
import { speechSamples, transcriptionSamples } from './speech-samples.ts';

const PICTURE =
  'https://upload.wikimedia.org/wikipedia/commons/thumb/d/dd/Gfp-wisconsin-madison-the-nature-boardwalk.jpg/2560px-Gfp-wisconsin-madison-the-nature-boardwalk.jpg';

/** The model page's samples, ready to be run against this instance. A model that reads no images is asked in text. */
export function samplesOf(model: Model, baseUrl: string): readonly Sample[] {
  const own = OF_OPERATION[operationFor(model.output)];
  if (model.output.includes('speech')) return speechSamples(model, baseUrl);
  if (model.output.includes('transcription')) return transcriptionSamples(model, baseUrl);
  if (isRealtime(model)) return realtimeSamples(model, baseUrl);
  if (own) return [jsonCurl(baseUrl, own.path, { model: model.id, ...own.body })];
  const seesImages = model.input.includes('image');
  const asked = { model: model.id, baseUrl, seesImages };
  return [python(asked), typescript(asked), curl(asked), aiSdk(asked), langchain(asked)];
}

type Asked = { readonly model: string; readonly baseUrl: string; readonly seesImages: boolean };

const python = ({ model, baseUrl, seesImages }: Asked): Sample => ({
  label: 'Python',
  note: 'OpenAI SDK',
  language: 'python',
  install: 'pip install openai',
  text: `${pythonClient(baseUrl)}
completion = client.chat.completions.create(
  extra_headers={
    "HTTP-Referer": "<YOUR_SITE_URL>", # Optional. Names your app on the rankings page.
    "X-Title": "<YOUR_SITE_NAME>", # Optional. Its display name there.
  },
  extra_body={},
  model=${JSON.stringify(model)},
  messages=[
    {
      "role": "user",
${
  seesImages
    ? `      "content": [
        {
          "type": "text",
          "text": "What is in this image?"
        },
        {
          "type": "image_url",
          "image_url": {
            "url": "${PICTURE}"
          }
        }
      ]`
    : '      "content": "What is the meaning of life?"'
}
    }
  ]
)
print(completion.choices[0].message.content)
`,
});

const typescript = ({ model, baseUrl, seesImages }: Asked): Sample => ({
  label: 'TypeScript',
  note: 'OpenAI SDK',
  language: 'typescript',
  install: 'npm install openai',
  text: `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: ${quote(baseUrl)},
  apiKey: '<SWITCHWRIGHT_API_KEY>',
  defaultHeaders: {
    'HTTP-Referer': '<YOUR_SITE_URL>', // Optional. Names your app on the rankings page.
    'X-Title': '<YOUR_SITE_NAME>', // Optional. Its display name there.
  },
});

const completion = await client.chat.completions.create({
  model: ${quote(model)},
  messages: [
    {
      role: 'user',
      content: ${
        seesImages
          ? `[
        { type: 'text', text: 'What is in this image?' },
        { type: 'image_url', image_url: { url: '${PICTURE}' } },
      ]`
          : "'What is the meaning of life?'"
      },
    },
  ],
});
console.log(completion.choices[0].message.content);
`,
});

const curl = ({ model, baseUrl, seesImages }: Asked): Sample => ({
  label: 'curl',
  note: 'HTTP',
  language: 'shell',
  text: `curl ${baseUrl}/chat/completions \\
  -H "Authorization: Bearer $SWITCHWRIGHT_API_KEY" \\
  -H "Content-Type: application/json" \\
  -H "HTTP-Referer: <YOUR_SITE_URL>" \\
  -H "X-Title: <YOUR_SITE_NAME>" \\
  -d '{
    "model": ${JSON.stringify(model)},
    "messages": [
      {
        "role": "user",
        "content": ${
          seesImages
            ? `[
          { "type": "text", "text": "What is in this image?" },
          { "type": "image_url", "image_url": { "url": "${PICTURE}" } }
        ]`
            : '"What is the meaning of life?"'
        }
      }
    ]
  }'
`,
});

const aiSdk = ({ model, baseUrl, seesImages }: Asked): Sample => ({
  label: 'AI SDK',
  note: '@openrouter/ai-sdk-provider',
  language: 'typescript',
  install: 'npm install ai @openrouter/ai-sdk-provider',
  text: `import { createOpenRouter } from '@openrouter/ai-sdk-provider';
import { generateText } from 'ai';

const gateway = createOpenRouter({
  baseURL: ${quote(baseUrl)},
  apiKey: '<SWITCHWRIGHT_API_KEY>',
});

const { text } = await generateText({
  model: gateway(${quote(model)}),
  messages: [
    {
      role: 'user',
      content: ${
        seesImages
          ? `[
        { type: 'text', text: 'What is in this image?' },
        { type: 'file', mediaType: 'image/jpeg', data: new URL('${PICTURE}') },
      ]`
          : "'What is the meaning of life?'"
      },
    },
  ],
});
console.log(text);
`,
});

const langchain = ({ model, baseUrl, seesImages }: Asked): Sample => ({
  label: 'LangChain',
  note: '@langchain/openrouter',
  language: 'typescript',
  install: 'npm install @langchain/openrouter @langchain/core',
  text: `import { ChatOpenRouter } from '@langchain/openrouter';

const chat = new ChatOpenRouter({
  model: ${quote(model)},
  baseURL: ${quote(baseUrl)},
  apiKey: '<SWITCHWRIGHT_API_KEY>',
});

const answer = await chat.invoke([
  {
    role: 'user',
    content: ${
      seesImages
        ? `[
      { type: 'text', text: 'What is in this image?' },
      { type: 'image_url', image_url: { url: '${PICTURE}' } },
    ]`
        : "'What is the meaning of life?'"
    },
  },
]);
console.log(answer.text);
`,
});

/** What a model that does not chat is asked. */
const OF_OPERATION: { readonly [O in OperationId]: { readonly path: string; readonly body: JsonObject } | null } = {
  chat: null,
  speech: null,
  rerank: {
    path: pathOfDialect('openrouter-rerank'),
    body: {
      query: 'What is the capital of France?',
      documents: ['Berlin is the capital of Germany.', 'Paris is the capital of France.'],
      top_n: 1,
    },
  },
  decisions: {
    path: pathOfDialect('decisions'),
    body: {
      state: 'I was charged twice in September.',
      questions: { refund: { type: 'noul', instructions: 'Does the customer want money back?' } },
    },
  },
  moderations: { path: pathOfDialect('openai-moderations'), body: { input: 'How are you today?' } },
  transcription: null,
  realtime: null,
  embeddings: { path: pathOfDialect('openai-embeddings'), body: { input: 'The quick brown fox' } },
  videos: {
    path: pathOfDialect('openrouter-videos'),
    body: { prompt: 'A lighthouse on a cliff at dusk', duration: 4 },
  },
  images: { path: pathOfDialect('openrouter-images'), body: { prompt: 'A lighthouse on a cliff at dusk' } },
};

/** What a request of an operation says beside its model; null = a chat, or what is sent as a form. */
export const bodyOfOperation = (operation: OperationId): JsonObject | null =>
  operation === 'speech' ? { input: 'Hello there.', voice: 'alloy' } : (OF_OPERATION[operation]?.body ?? null);

const jsonCurl = (baseUrl: string, path: string, body: JsonObject): Sample => ({
  label: 'curl',
  note: 'HTTP',
  language: 'shell',
  text: `curl ${baseUrl}${path} \\
  -H "Authorization: Bearer $SWITCHWRIGHT_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '${JSON.stringify(body)}'
`,
});

/** A TypeScript string literal in single quotes. */
const quote = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
