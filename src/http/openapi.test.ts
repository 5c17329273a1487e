/** What is written about the API is what is served. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { API_GROUPS } from './contract/api.ts';
import { INFERENCE_ROUTES, pathsOf } from './inference-routes.ts';
import { describedApi, openapiOf, operationIdOf } from './openapi.ts';
import { GATED_ROUTES } from './v1/gated.ts';
import { apiRoutes, rawRoutes } from './v1/routes.ts';

const written = API_GROUPS.flatMap(({ operations }) => Object.keys(operations));

test('every route has a sentence, and every sentence a route', () => {
  const gated = new Set(GATED_ROUTES.map(({ method, path }) => `${method} ${path}`));
  const calls = INFERENCE_ROUTES.filter((route) => pathsOf(route).includes(`/api/v1${route.path}`));
  const routes = [
    ...calls.map(({ path }) => `POST ${path}`),
    ...[...apiRoutes, ...rawRoutes].map(({ method, path }) => `${method} ${path}`),
  ].filter((route) => !gated.has(route));
  assert.deepEqual([...new Set(written)].sort(), [...new Set(routes)].sort());
  assert.equal(new Set(written).size, written.length);
});

test('the description names every operation once, with its parameters and the schema of its body', () => {
  const { paths } = openapiOf('http://here') as unknown as {
    paths: {
      [path: string]: {
        [method: string]: { operationId: string; parameters?: { name: string }[]; requestBody?: object };
      };
    };
  };
  const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(
    ids.sort(),
    describedApi()
      .map(({ method, path }) => operationIdOf(method, path))
      .sort(),
  );
  assert.deepEqual(
    paths['/keys/{hash}']?.patch?.parameters?.map(({ name }) => name),
    ['hash'],
  );
  assert.match(JSON.stringify(paths['/keys']?.post?.requestBody), /"limit_reset":/);
  assert.match(
    JSON.stringify(paths['/chat/completions']?.post?.requestBody),
    /"provider":\{[^}]*"properties":\{"order"|"order":/,
  );
  assert.doesNotMatch(JSON.stringify(paths), /#\/\$defs/);
  assert.ok(paths['/models']?.get?.parameters?.some(({ name }) => name === 'min_price'));
});
