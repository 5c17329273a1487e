import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pico } from '../base/money.ts';
import { usageOf } from '../call/usage.ts';
import { type SeenContent, withPieces } from './pieces.ts';

const image = { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } } as const;
const seen: SeenContent = {
  messages: [
    { parts: [{ type: 'text', text: 'draw 🦜' }] },
    { parts: [image as never, { type: 'text', text: 'so' }, image as never] },
  ],
  images: 1,
  textTokens: () => 12,
};
const price = { input: pico(1n), output: pico(1n) };

test('where no piece has a price nothing is counted', () => {
  const usage = usageOf({ input: 5, output: 1_300 });
  assert.equal(withPieces(usage, price, seen), usage);
});

test('images and characters read and images written are counted where an endpoint charges for them', () => {
  const charged = { ...price, image: pico(1n), inputCharacter: pico(1n), outputImageEach: pico(1n) };
  const { images, inputCharacters, outputImages } = withPieces(usageOf({ input: 5 }), charged, seen);
  assert.deepEqual({ images, inputCharacters, outputImages }, { images: 2, inputCharacters: 8, outputImages: 1 });
  assert.equal(withPieces(usageOf({ images: 7 }), charged, seen).images, 7, 'the vendor’s own count wins');
});

test('tokens of a picture that the vendor counts as text are told by what the text takes', () => {
  const drawing = { ...price, outputImage: pico(10n) };
  const told = withPieces(usageOf({ input: 5, output: 1_302 }), drawing, seen);
  assert.deepEqual([told.output, told.outputImage], [12, 1_290]);
  const split = usageOf({ input: 5, output: 2, outputImage: 1_300 });
  assert.equal(withPieces(split, drawing, seen), split);
  assert.equal(withPieces(usageOf({ output: 1_302 }), drawing, { ...seen, images: 0 }).outputImage, 0);
  const ours = withPieces(usageOf({ output: 3, source: 'estimate' }), drawing, seen);
  assert.deepEqual([ours.output, ours.outputImage], [3, 1_290]);
});
