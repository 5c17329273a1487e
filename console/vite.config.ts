import { defineConfig } from 'vite';

/** Static files with hashed names; the server reads `manifest.json` to know them and serves them below `/assets/`. */
export default defineConfig({
  base: '/assets/',
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir: 'dist',
    assetsDir: '',
    manifest: 'manifest.json',
    target: 'es2023',
    // The first ones with `light-dark()` (caniuse.com, 2026-11-24).
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    rolldownOptions: { input: 'src/main.ts' },
  },
});
