import type { Endpoint, EndpointForm } from '../catalog/model.ts';
import type { CallKind } from '../catalog/provider.ts';
import type { Question } from '../facts/question.ts';

/** The endpoint as it is asked for the operation of this question; one that does not serve it is returned as it is. */
export const servingFor = (endpoint: Endpoint, { operation }: Question): Endpoint =>
  endpoint.operation === operation
    ? endpoint
    : (endpoint.others.find((other) => other.operation === operation) ?? endpoint);

/**
 * The endpoint in the wire format that this question's call needs: what a form must take goes there, what it may take
 * only where every parameter that the endpoint's own dialect takes can be said in it too.
 */
export function formFor(endpoint: Endpoint, question: Question): Endpoint {
  if (endpoint.forms.length === 0) return endpoint;
  const fitting = endpoint.forms.filter((form) => form.rule.calls.some((kind) => isOfKind(kind, form, question)));
  const chosen =
    fitting.find(({ rule }) => rule.must) ?? fitting.find((form) => losesNothing(endpoint, form.endpoint, question));
  return chosen?.endpoint ?? endpoint;
}

function isOfKind(kind: CallKind, { endpoint }: EndpointForm, question: Question): boolean {
  switch (kind) {
    case 'tools':
      return question.usesTools;
    case 'reasoning':
      return question.asksReasoning && endpoint.reasoning !== null;
    case 'text':
      return question.completes === 'text';
    case 'own':
      return question.clientDialect === endpoint.dialect.id;
    default:
      return kind satisfies never;
  }
}

const losesNothing = (own: Endpoint, form: Endpoint, { parameters }: Question): boolean =>
  parameters.every((name) => form.parameters.has(name) || !own.parameters.has(name));
