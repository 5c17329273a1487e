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
    modulePreload: { polyfill: false },
    rolldownOptions: { input: 'src/main.ts' },
  },
});
