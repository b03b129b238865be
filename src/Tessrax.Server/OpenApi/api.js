// The document names the server relative to itself; what people copy is to be whole.
const here = new URL("..", location.href).href.replace(/\/$/, "");

// Nothing is loaded from elsewhere, and nothing told to anybody.
Scalar.createApiReference("#app", {
  url: "../openapi.json",
  servers: [{ url: here }],
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
});
