import { execFileSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

const CONSOLE = resolve(import.meta.dirname, '../../console');

/** Builds the console if it was never built or its sources are newer. Must run before the first page is served. */
export function buildConsole(): void {
  const manifest = resolve(CONSOLE, 'dist/manifest.json');
  const sources = globSync(['src/**/*', 'fonts/*', '*.ts', 'package.json'], { cwd: CONSOLE }).map((name) =>
    resolve(CONSOLE, name),
  );
  const newest = Math.max(...sources.map((path) => statSync(path).mtimeMs));
  if (existsSync(manifest) && statSync(manifest).mtimeMs > newest) return;
  const vite = resolve(import.meta.dirname, '../../node_modules/vite/bin/vite.js');
  execFileSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: CONSOLE, stdio: 'inherit' });
}
