import assert from 'node:assert/strict';
import { test } from 'node:test';
import { received } from '../base/testing/received.ts';
import { withTrueMediaTypes } from '../call/media-types.ts';
import type { UserPart } from '../call/message.ts';
import { openaiChatClient } from './openai-chat/index.ts';

const JPEG = '/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8U';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk';
const PDF = Buffer.from('%PDF-1.7 and so on').toString('base64');

/** The media type of a part, as a program sent it in a chat. */
function typeOf(part: object): string {
  const { value, blobs } = received({ model: 'x', messages: [{ role: 'user', content: [part] }] });
  const decoded = openaiChatClient.decodeCall(value, { headers: {}, params: {} });
  assert(decoded.ok, JSON.stringify(decoded));
  const call = withTrueMediaTypes({ ...decoded.value, blobs });
  const [read] = (call.messages[0]?.parts ?? []) as readonly UserPart[];
  assert(read && 'source' in read && read.source.kind === 'base64', JSON.stringify(read));
  return read.source.mediaType;
}
const image = (url: string): object => ({ type: 'image_url', image_url: { url } });
const file = (file_data: string): object => ({ type: 'file', file: { filename: 'x', file_data } });

test('a name that is not registered becomes the one that is', () => {
  assert.equal(typeOf(image(`data:image/jpg;base64,${JPEG}`)), 'image/jpeg');
  assert.equal(typeOf(image(`data:image/JPG;charset=utf-8;base64,${JPEG}`)), 'image/jpeg');
  assert.equal(typeOf(image('data:image/jpg;base64,AAAA')), 'image/jpeg');
  assert.equal(typeOf(file('data:application/x-pdf;base64,AAAA')), 'application/pdf');
});

test('where name and bytes disagree the bytes are right', () => {
  assert.equal(typeOf(image(`data:image/png;base64,${JPEG}`)), 'image/jpeg');
  assert.equal(typeOf(image(`data:image/jpeg;base64,${PNG}`)), 'image/png');
  assert.equal(typeOf(image(`data:;base64,${PNG}`)), 'image/png');
  assert.equal(typeOf(image(`data:application/octet-stream;base64,${JPEG}`)), 'image/jpeg');
  assert.equal(typeOf(file(`data:application/octet-stream;base64,${PDF}`)), 'application/pdf');
  assert.equal(typeOf(file(JPEG)), 'image/jpeg');
});

test('a large one that was set aside is looked at as well', () => {
  const large = Buffer.concat([Buffer.from(JPEG, 'base64'), Buffer.alloc(90_000)]).toString('base64');
  assert.equal(typeOf(image(`data:image/png;base64,${large}`)), 'image/jpeg');
});

test('what begins like a picture by chance keeps its name', () => {
  const bm = Buffer.from('BM25 ranks documents').toString('base64');
  assert.equal(typeOf(file(`data:text/plain;base64,${bm}`)), 'text/plain');
  assert.equal(typeOf(file(`data:text/csv;charset=utf-8;base64,${bm}`)), 'text/csv');
  assert.equal(typeOf(image('data:image/svg+xml;base64,PHN2Zz4=')), 'image/svg+xml');
});
