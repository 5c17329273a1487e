import type { FastifyInstance } from 'fastify';

/** The methods that a path takes, sorted; none if no route has it. */
export type AllowedMethods = (path: string) => readonly string[];

/** Notes every route below one of the prefixes as it is added; HTTP wants a refused method answered with those allowed. */
export function noteMethods(server: FastifyInstance, prefixes: readonly string[]): AllowedMethods {
  const routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];
  server.addHook('onRoute', ({ url, method }) => {
    if (!prefixes.some((prefix) => url.startsWith(`${prefix}/`))) return;
    const pattern = url
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:[A-Za-z]+/g, '[^/]+')
      .replace(/\*/g, '.+');
    routes.push({ path: new RegExp(`^${pattern}/?$`), methods: [method].flat() });
  });
  return (path) => {
    const methods = routes.filter((route) => route.path.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].toSorted();
  };
}
