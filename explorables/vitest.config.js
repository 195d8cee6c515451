const css = {
  name: "css",
  enforce: "pre",
  transform: (code, id) =>
    id.endsWith(".css") ? `export default ${JSON.stringify(code)}` : undefined,
};

export default {
  plugins: [css],
  test: { environment: "jsdom", include: ["tests/*.test.js"], testTimeout: 60_000 },
};
