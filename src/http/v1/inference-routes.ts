/** The paths of inference and the client dialect each speaks; all of them go through one pipeline. */
export const INFERENCE_ROUTES: readonly { readonly path: string; readonly dialect: string }[] = [
  { path: '/chat/completions', dialect: 'openai-chat' },
  { path: '/completions', dialect: 'openai-completions' },
  { path: '/responses', dialect: 'openai-responses' },
  { path: '/messages', dialect: 'anthropic-messages' },
];
