import type { Availability, FaultCode } from '../base/fault.ts';
import type { Endpoint, Model } from '../catalog/model.ts';
import type { Rejection } from '../facts/plan.ts';
import type { Given } from '../facts/policy.ts';
import type { Question } from '../facts/question.ts';
import type { Routed } from '../facts/routing.ts';
import type { ResolvedModel } from './resolve.ts';

/** A plan that came to nothing, as the words about it need it. */
export type Unserved = {
  readonly question: Question;
  /** The models that the caller's names mean. */
  readonly models: readonly Model[];
  /** Names that mean no model. */
  readonly unknown: readonly string[];
  readonly rejected: readonly Rejection[];
  /** What router models among the caller's chose. */
  readonly routed?: readonly Routed[];
};

/** A plan that came to nothing at one step: the model that the message names, and the reasons given at this step. */
export type StepRefusal = Unserved & { readonly model: Model; readonly reasons: string };

/** What the caller's word for a model said beside its name. */
export type NamedModel = Pick<ResolvedModel, 'model' | 'tier' | 'free'>;

/** What decides that an endpoint cannot serve a question. */
type Test<Step extends string, Wanted> = {
  /** As the routing funnel and the grounds of receipts call it. */
  readonly step: Step;
  /** What the question asks of endpoints in this, whatever the model; undefined = nothing, and no endpoint is tested. */
  readonly read: (question: Question, named: Omit<NamedModel, 'model'>) => Wanted | undefined;
  /** Why this endpoint does not give what is asked for; undefined = it does. */
  readonly test: (endpoint: Endpoint, wanted: Wanted, question: Question, named: NamedModel) => string | undefined;
};

/** What is said where nothing is left and this step was the last to remove an endpoint. */
type Telling = {
  /** The preferences that it reads: where another than the caller filled one of them, the reason says who. */
  readonly preferences?: readonly (keyof Given)[];
  /** The error's message. */
  readonly words: (refusal: StepRefusal) => string;
  /** The error; absent = `no_endpoints`. */
  readonly fault?: { readonly code: FaultCode; readonly param?: string };
  readonly availability: {
    readonly code: Availability['code'];
    /** The field of the request that its caller would change; absent = no change of the request would help. */
    readonly field?: string | ((question: Question) => string);
    readonly excludedBy?: string | ((question: Question) => string);
  };
};

/** One ground on which endpoints are left out, and all that is said of it. */
export type HardFilter<Step extends string = string> = Test<Step, unknown> & Telling;
/** A wish that removes an endpoint only while another is left, so that nothing is ever refused for it. */
export type SoftFilter<Step extends string = string> = Test<Step, unknown>;

/** What `read` gives is what its own `test` is given: nothing else is known of it outside of the row. */
export const hard = <const Step extends string, Wanted>(row: Test<Step, Wanted> & Telling): HardFilter<Step> =>
  row as HardFilter<Step>;
export const soft = <const Step extends string, Wanted>(row: Test<Step, Wanted>): SoftFilter<Step> =>
  row as SoftFilter<Step>;
