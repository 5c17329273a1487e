/** What Ollama's programs ask for, served here or not (docs/api.md of ollama/ollama, read 2026-11-29). */
const PATH =
  /^\/api\/(?:chat|generate|embed|embeddings|tags|show|version|ps|pull|push|create|copy|delete|me|signout|blobs\/.*|experimental\/.*)\/?$/;

/** Who asks there reads errors as Ollama writes them, whether the path is served or not. */
export const isOllamaPath = (path: string): boolean => PATH.test(path);
