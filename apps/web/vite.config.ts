import { defineConfig } from "vite";

export default defineConfig({
  // The gateway serves the pages at /auth/sign-in and the like, and that of a problem anywhere: assets are named from the
  // root of the origin.
  base: "/auth/",
  publicDir: false,
  build: {
    target: "es2022",
    // Every asset is a file of its own: the content security policy allows no `data:` URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: false,
    rolldownOptions: {
      input: ["sign-in.html", "sign-out.html", "account.html", "confirm.html", "problem.html"],
      output: { chunkFileNames: "assets/shared-[hash].js" },
    },
  },
});
