/** What the tests use of oidc-provider 9.13, which comes without types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  export default class Provider {
    constructor(issuer: string, configuration: { readonly [name: string]: unknown });
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    on(event: string, listener: (...told: unknown[]) => void): this;
  }
}
