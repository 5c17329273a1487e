/** How every sample for OpenAI's libraries begins: the library, and a client of this instance. */
export const pythonClient = (baseUrl: string): string => `from openai import OpenAI

client = OpenAI(
  base_url=${JSON.stringify(baseUrl)},
  api_key="<SWITCHWRIGHT_API_KEY>",
)
`;

export const typescriptClient = (baseUrl: string): string => `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: ${JSON.stringify(baseUrl)},
  apiKey: '<SWITCHWRIGHT_API_KEY>',
});
`;
