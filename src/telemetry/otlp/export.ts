import { PRODUCT } from '../../base/product.ts';
import { attributesOf } from './attribute.ts';
import type { Span } from './span.ts';

/** What the spans are said to come from. */
export type Resource = {
  /** `service.name` (`OTEL_SERVICE_NAME`). */
  readonly service: string;
  /** More attributes of the operator's (`OTEL_RESOURCE_ATTRIBUTES`). */
  readonly attributes: { readonly [key: string]: string };
};

/** An `ExportTraceServiceRequest` in OTLP's JSON. */
export const exportRequest = ({ service, attributes }: Resource, spans: readonly Span[]): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ ...attributes, 'service.name': service }) },
        scopeSpans: spans.length === 0 ? [] : [{ scope: { name: PRODUCT.slug }, spans }],
      },
    ],
  });
