/**
 * What is installed with the product. Stolen releases of a peer ran code at import (BerriAI/litellm#24512): here every
 * package is pinned by checksum, none of the server's runs a script when it is installed, and there are few.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

type Package = { integrity?: string; dev?: boolean; hasInstallScript?: boolean; link?: boolean };
const root = resolve(import.meta.dirname, '..');
const lock = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')) as { packages: { [path: string]: Package } };
const packages = Object.entries(lock.packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);

test('every package is pinned by a checksum', () => {
  for (const [path, { integrity }] of packages) assert.match(integrity ?? '', /^sha512-/, path);
});

test('nothing that is installed may run a script, and nothing of the server would', () => {
  assert.match(readFileSync(`${root}/.npmrc`, 'utf8'), /^ignore-scripts=true$/m);
  const scripted = packages.filter(([, { dev, hasInstallScript }]) => hasInstallScript && !dev);
  assert.deepEqual(scripted, []);
});
