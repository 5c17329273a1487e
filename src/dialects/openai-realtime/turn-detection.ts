import { isObject, type Json, type JsonObject, objectOf } from '../../base/json.ts';

/**
 * Hosts may answer by themselves as soon as somebody has stopped speaking (`turn_detection.create_response`, on unless a
 * session says otherwise). Nothing may be made that nothing was held for: the host is told not to, and the gateway asks
 * for the answer at that moment in the program's place.
 */

/** `session.audio.input.turn_detection`, before August 2025 `session.turn_detection`; undefined = nothing is said of it. */
export function turnDetectionIn(session: JsonObject): Json | undefined {
  const { input } = objectOf(session.audio);
  return isObject(input) && 'turn_detection' in input ? input.turn_detection : session.turn_detection;
}

/** Does it make the host answer by itself? */
export const answersItself = (detection: Json | undefined): detection is JsonObject =>
  isObject(detection) && detection.create_response !== false;

/** The session with another word on it, at the place where it stands. */
export function withCreateResponse(session: JsonObject, create_response: boolean): JsonObject {
  const { audio } = session;
  const { input } = objectOf(audio);
  const change = (detection: Json | undefined): Json | undefined =>
    isObject(detection) ? { ...detection, create_response } : detection;
  if (isObject(input) && 'turn_detection' in input)
    return {
      ...session,
      audio: { ...objectOf(audio), input: { ...input, turn_detection: change(input.turn_detection) } },
    };
  return 'turn_detection' in session ? { ...session, turn_detection: change(session.turn_detection) } : session;
}

/** No more than what must be said to have the host wait, as the body of a `session.update`. */
export function waitingUpdate(session: JsonObject): JsonObject {
  const detection = { ...objectOf(turnDetectionIn(session)), create_response: false };
  const isBefore = !isObject(session.audio);
  if (isBefore) return { turn_detection: detection };
  return { type: 'realtime', audio: { input: { turn_detection: detection } } };
}
