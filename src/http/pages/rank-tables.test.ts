import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Model } from '../../catalog/model.ts';
import { modelRankTable } from './rank-tables.ts';

const sandboxed = { id: 'sandbox/echo', author: 'sandbox', name: 'Echo', sandbox: true } as Partial<Model> as Model;
const catalog = { models: new Map([[sandboxed.id, sandboxed]]) } as Partial<Catalog> as Catalog;
const rank = (model: string) => ({ model, tokens: 5, requests: 1, growth: null });
const shown = (...models: readonly string[]): string => modelRankTable(catalog, models.map(rank), {}).markup;
const EMPTY = /<td class="empty" colspan="5">Only the sandbox answered in this window\.<\/td>/;

test('a board on which only the sandbox stands says so', () => {
  assert.match(shown('sandbox/echo'), EMPTY);
  assert.doesNotMatch(shown('sandbox/echo', 'author/model'), EMPTY);
  assert.doesNotMatch(shown('author/model'), EMPTY);
  assert.match(shown(), /<p class="empty" data-empty>Nothing was answered in this window\.<\/p>/);
});
