/** Calls that have more of something than any vendor takes: refused in their own dialect, and the number before is taken. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { LIMITS } from '#src/base/limits.ts';
import { assertRefused, PATHS, type Path, post } from './inference.ts';
import { startSubject } from './subject.ts';

const subject = await startSubject();
after(() => subject.proveUnharmed());

const MODEL = 'sandbox/echo';
const many = <T>(count: number, one: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => one(at));

type Shape = { readonly tools: (count: number) => object; readonly media: (count: number) => object };

/** The same in each dialect that has tools; `media` are short, so that the body is far from large. */
const SHAPES: { readonly [name in Path['name']]?: Shape } = {
  chat: {
    tools: (count) => ({ tools: many(count, (at) => ({ type: 'function', function: { name: `f${at}` } })) }),
    media: (count) => ({
      messages: [{ role: 'user', content: many(count, (at) => ({ type: 'image_url', image_url: { url: png(at) } })) }],
    }),
  },
  responses: {
    tools: (count) => ({ tools: many(count, (at) => ({ type: 'function', name: `f${at}`, parameters: {} })) }),
    media: (count) => ({
      input: [{ role: 'user', content: many(count, (at) => ({ type: 'input_image', image_url: png(at) })) }],
    }),
  },
  messages: {
    tools: (count) => ({ tools: many(count, (at) => ({ name: `f${at}`, input_schema: { type: 'object' } })) }),
    media: (count) => ({
      messages: [
        {
          role: 'user',
          content: many(count, () => ({
            type: 'image',
            source: { type: 'base64', media_type: 'image/png', data: PNG },
          })),
        },
      ],
    }),
  },
  gemini: {
    tools: (count) => ({ tools: [{ functionDeclarations: many(count, (at) => ({ name: `f${at}` })) }] }),
    media: (count) => ({
      contents: [{ role: 'user', parts: many(count, () => ({ inlineData: { mimeType: 'image/png', data: PNG } })) }],
    }),
  },
};
const PNG = 'iVBORw0KGgo=';
const png = (at: number): string => `data:image/png;name=${at};base64,${PNG}`;

for (const path of PATHS) {
  const shape = SHAPES[path.name];
  if (!shape) continue;
  const send = (more: object) =>
    post(subject.gateway.origin + path.url(MODEL), JSON.stringify({ ...path.body(MODEL, 'hello'), ...more }));

  test(`${path.name}: so many tools and no more`, async () => {
    const message = assertRefused(path, await send(shape.tools(LIMITS.tools_max + 1)), 400);
    assert.match(message, /at most 10000 tools, but got 10001/);
    const taken = await send(shape.tools(LIMITS.tools_max));
    assert.equal(taken.status, 200, taken.text.slice(0, 300));
  });

  test(`${path.name}: so many images and no more`, async () => {
    const message = assertRefused(path, await send(shape.media(LIMITS.media_max + 1)), 400);
    assert.match(message, /at most 4096 images, files and sounds, but got 4097/);
    const taken = await send(shape.media(LIMITS.media_max));
    assert.doesNotMatch(taken.text, /4096/);
  });
}
