import { type Awaitable, isPending } from "../../core/awaitable.ts";
import type { HeaderEdit, OutgoingResponse } from "../../http/response-headers.ts";
import { editInPlace } from "./edit-in-place.ts";
import { LightResponse } from "./light-response.ts";

/** The session whose headers go into the response. */
interface FinishingSession {
  finish(response: OutgoingResponse): Awaitable<readonly HeaderEdit[]>;
}

/** Writes the edits into a response that neither is light nor takes them itself, as the framework does that. */
export type CopyWithEdits = (edits: readonly HeaderEdit[]) => Response;

/** The response with the session's headers: itself or another one, at once where no rotation is due. */
export function finishResponse(
  response: Response,
  session: FinishingSession,
  copy: CopyWithEdits,
): Awaitable<Response> {
  const light = LightResponse.of(response);
  const finished = session.finish(light ?? response);
  // Until a pending answer comes, other code may read the response, and then it is light no more.
  if (isPending(finished)) return finished.then((edits) => edited(response, edits, LightResponse.of(response), copy));
  return edited(response, finished, light, copy);
}

function edited(
  response: Response,
  edits: readonly HeaderEdit[],
  light: LightResponse | null,
  copy: CopyWithEdits,
): Response {
  if (edits.length === 0) return response;
  const lightCopy = light?.with(edits) ?? null;
  if (lightCopy !== null) return lightCopy;
  // A response that switches protocols is not one whose headers can be written.
  return response.status === 101 || editInPlace(response, edits) ? response : copy(edits);
}
