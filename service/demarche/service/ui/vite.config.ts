// One entry for each view, so that a page loads its own script and nothing else; names carry a digest of the content.
import { defineConfig } from "vite";

const views = ["site", "launches", "launch", "matrix", "network", "thing", "sparql"];

export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../static/ui",
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    rollupOptions: { input: views.map((view) => `src/views/${view}.ts`) },
  },
});
