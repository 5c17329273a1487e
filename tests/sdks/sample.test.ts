/** The sample of the model page, in Python and in JavaScript: verbatim but for base URL, key and picture. */
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { on } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { API_KEY, ENVIRONMENT, skipReason, startGateway } from '../gateway-process.ts';
import { RED_PNG } from './prove.ts';
import { pythonWithOpenAI } from './python.ts';
import { ANSWER, startVendors, type Vendor } from './vendors.ts';

const installed = pythonWithOpenAI();
const skip = skipReason('missing' in installed ? installed.missing : null);
const vendors = await startVendors();
const gateway = await startGateway({
  environment: {
    OPENAI_BASE_URL: `${vendors.origin}/openai/v1`,
    ANTHROPIC_BASE_URL: `${vendors.origin}/anthropic/v1`,
    GOOGLE_AI_STUDIO_BASE_URL: `${vendors.origin}/google/v1beta`,
    SWITCHWRIGHT_EGRESS_ALLOW: vendors.host,
  },
});
const folder = mkdtempSync(join(tmpdir(), 'switchwright-sample-'));
symlinkSync(resolve(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'));
after(async () => {
  await gateway.stop();
  vendors.close();
  rmSync(folder, { recursive: true });
});

type Sample = { readonly base: string; readonly model: string; readonly stream: boolean };

const python = ({ base, model, stream }: Sample): string => `from openai import OpenAI

client = OpenAI(
  base_url="${base}",
  api_key="${API_KEY}",
)

completion = client.chat.completions.create(
  extra_headers={
    "HTTP-Referer": "https://example.com", # Optional. Site URL for rankings on openrouter.ai.
    "X-Title": "Example", # Optional. Site title for rankings on openrouter.ai.
  },
  extra_body={},
  model="${model}",${stream ? '\n  stream=True,' : ''}
  messages=[
    {
      "role": "user",
      "content": [
        {
          "type": "text",
          "text": "What is in this image?"
        },
        {
          "type": "image_url",
          "image_url": {
            "url": "${vendors.picture}"
          }
        }
      ]
    }
  ]
)
${
  stream
    ? 'for chunk in completion:\n  print(chunk.choices[0].delta.content or "", end="")'
    : 'print(completion.choices[0].message.content)'
}
`;

const javascript = ({ base, model, stream }: Sample): string => `import OpenAI from 'openai';

const openai = new OpenAI({
  baseURL: "${base}",
  apiKey: "${API_KEY}",
  defaultHeaders: {
    "HTTP-Referer": "https://example.com", // Optional. Site URL for rankings on openrouter.ai.
    "X-Title": "Example", // Optional. Site title for rankings on openrouter.ai.
  },
});

async function main() {
  const completion = await openai.chat.completions.create({
    model: "${model}",${stream ? '\n    stream: true,' : ''}
    messages: [
      {
        "role": "user",
        "content": [
          {
            "type": "text",
            "text": "What is in this image?"
          },
          {
            "type": "image_url",
            "image_url": {
              "url": "${vendors.picture}"
            }
          }
        ]
      }
    ],
  });

  ${
    stream
      ? 'for await (const chunk of completion) process.stdout.write(chunk.choices[0].delta.content ?? "");'
      : 'console.log(completion.choices[0].message);'
  }
}

main();
`;

type Ran = { readonly output: string; readonly status: number | null };

async function runJavaScript(text: string): Promise<Ran> {
  const path = join(folder, 'sample.mjs');
  writeFileSync(path, text);
  const child = spawn(process.execPath, [path], { env: ENVIRONMENT });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => {
      output += bytes;
    });
  const status = await new Promise<number | null>((ended) => child.on('close', ended));
  return { output, status };
}

/** Runs one program after the other, each as if it were alone; what ends an output tells how the program ended. */
const IN_TURN = `import runpy, sys, traceback
for path in sys.stdin:
  status = 0
  try: runpy.run_path(path.strip(), run_name="__main__")
  except BaseException: status = 1; traceback.print_exc(file=sys.stdout)
  print("\\0%d" % status, end="", flush=True)
`;
let interpreter: ChildProcessWithoutNullStreams | undefined;
after(() => interpreter?.kill());

/** One interpreter for all programs: to import the SDK takes longer than everything else together. */
async function runPython(text: string): Promise<Ran> {
  interpreter ??= spawn('python' in installed ? installed.python : '', ['-c', IN_TURN], { env: ENVIRONMENT });
  const path = join(folder, 'sample.py');
  writeFileSync(path, text);
  interpreter.stdin.write(`${path}\n`);
  let output = '';
  for await (const [bytes] of on(interpreter.stdout, 'data', { close: ['end'] })) {
    output += bytes;
    const [said = '', status] = output.split('\0');
    if (status) return { output: said, status: Number(status) };
  }
  return { output, status: null };
}

const MODELS: { readonly [V in Vendor]: string } = {
  openai: 'openai/gpt-4.1-mini',
  anthropic: 'anthropic/claude-sonnet-5',
  google: 'google/gemini-2.5-flash',
};

/** The part that holds the picture, as each vendor documents it. */
const PICTURES: { readonly [V in Vendor]: object } = {
  openai: { type: 'image_url', image_url: { url: vendors.picture } },
  anthropic: { type: 'image', source: { type: 'url', url: vendors.picture } },
  google: { inlineData: { mimeType: 'image/png', data: RED_PNG } },
};

const PROGRAMS = [
  {
    language: 'Python',
    skip,
    start: (sample: Sample) => runPython(python(sample)),
  },
  {
    language: 'JavaScript',
    skip: false,
    start: (sample: Sample) => runJavaScript(javascript(sample)),
  },
] as const;

for (const { language, start, ...program } of PROGRAMS)
  describe(`the sample in ${language}`, { skip: program.skip }, () => {
    for (const vendor of ['openai', 'anthropic', 'google'] as const)
      for (const stream of [false, true])
        test(`${MODELS[vendor]}, ${stream ? 'streamed' : 'whole'}`, async () => {
          vendors.asked.length = 0;
          const { output, status } = await start({ base: gateway.base, model: MODELS[vendor], stream });
          assert.equal(status, 0, output);
          assert(output.includes(ANSWER), output);
          assert.equal(vendors.asked.length, 1);
          const [asked] = vendors.asked;
          assert.equal(asked?.vendor, vendor);
          const parts = (asked?.body.messages?.[0]?.content ?? asked?.body.contents?.[0]?.parts) as object[];
          assert.equal(parts.length, 2);
          assert(JSON.stringify(parts[0]).includes('What is in this image?'));
          assert.deepEqual(parts[1], PICTURES[vendor]);
        });
  });

const read = async (path: string): Promise<string> => {
  const response = await fetch(gateway.origin + path, { headers: { authorization: `Bearer ${API_KEY}` } });
  assert.equal(response.status, 200, path);
  return response.text();
};

const BODY = {
  model: MODELS.google,
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is in this image?' },
        { type: 'image_url', image_url: { url: vendors.picture } },
      ],
    },
  ],
};
type Answer = {
  readonly id: string;
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number; readonly cost: number };
};

async function post(): Promise<Answer> {
  const response = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${API_KEY}`,
      'content-type': 'application/json',
      'http-referer': 'https://example.com',
      'x-title': 'Example',
    },
    body: JSON.stringify(BODY),
  });
  return (await response.json()) as Answer;
}

test('the app, its tokens and its generation are told afterwards', async () => {
  const { id, usage } = await post();
  for (const path of ['/apps', '/rankings']) {
    const html = await read(path);
    assert.match(html, />Example</);
    assert.match(html, /href="https:\/\/example\.com\/?"/);
  }
  const page = await read('/apps?url=https%3A%2F%2Fexample.com');
  for (const model of Object.values(MODELS)) assert(page.includes(model), `${model} is not on the app's page`);
  assert((await read(`/${MODELS.google}`)).includes('Example'), 'the app is not on the page of the model');
  const { data } = JSON.parse(await read(`/api/v1/generation?id=${id}`));
  assert.equal(data.http_referer, 'https://example.com');
  assert.equal(data.model, MODELS.google);
  assert.deepEqual(
    [data.tokens_prompt, data.tokens_completion, data.streamed],
    [usage.prompt_tokens, usage.completion_tokens, false],
  );
  assert.equal(data.total_cost, usage.cost);
});
