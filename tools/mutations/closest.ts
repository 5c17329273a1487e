/** Which tests stand closest to a file: by how many imports lie between them. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const IMPORT = /(?:from|import)\s*\(?\s*'(#src\/[^']+|\.{1,2}\/[^']+)'/g;

/** Tests that need a browser, a build, other programs or minutes of waiting say little of one line. */
const FAR =
  /^tests\/(?:pages|sdks|soak|scale|start|fuzz|supply|simulation)|\.long\.ts$|postgres|browser|outage|upgrade|kill/;

export type Closest = (file: string) => readonly string[];

/** Paths are relative to `root`. A test's own helpers count as a step of its way. */
export function closestTests(root: string): Closest {
  const imported = new Map<string, readonly string[]>();
  const importsOf = (file: string): readonly string[] => {
    let found = imported.get(file);
    if (found === undefined) {
      const text = readFileSync(join(root, file), 'utf8').replaceAll(/^import type .*$/gm, '');
      found = Array.from(text.matchAll(IMPORT), ([, path = '']) => target(root, file, path)).filter((path) =>
        existsSync(join(root, path)),
      );
      imported.set(file, found);
    }
    return found;
  };
  const tests = globSync(['src/**/*.test.ts', 'tests/**/*.test.ts'], { cwd: root }).filter((file) => !FAR.test(file));
  const ways = tests.map((test) => ({ test, steps: stepsFrom(test, importsOf) }));
  return (file) =>
    ways
      .flatMap(({ test, steps }) => {
        const far = steps.get(file);
        // Of two that are as far, the one that reaches less is the quicker, and says more of this file.
        return far === undefined
          ? []
          : [{ test, far: dirname(test) === dirname(file) ? far - 1 : far, size: steps.size }];
      })
      .sort((a, b) => a.far - b.far || a.size - b.size)
      .map(({ test }) => test);
}

const target = (root: string, file: string, path: string): string =>
  path.startsWith('#src/')
    ? join('src', path.slice('#src/'.length))
    : relative(root, resolve(root, dirname(file), path));

function stepsFrom(test: string, importsOf: (file: string) => readonly string[]): ReadonlyMap<string, number> {
  const steps = new Map([[test, 0]]);
  const queue = [test];
  for (let file = queue.shift(); file !== undefined; file = queue.shift())
    for (const next of importsOf(file)) {
      if (steps.has(next)) continue;
      steps.set(next, (steps.get(file) ?? 0) + 1);
      queue.push(next);
    }
  return steps;
}
