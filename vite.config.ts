import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The console: built into renderer/dist, served by the agent at the root of its own origin. */
export default defineConfig({
  root: `${import.meta.dirname}/renderer`,
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'chrome140',
    // Nothing is inlined: the content security policy allows scripts and styles from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8470' } },
});
