// Asking the service for a map; some take it a while, and are asked for again.

import { ask, pause } from "../api.js";

/**
 * What the service says of a map, until it is there: `{done, total}` while it is being worked out,
 * at last `{map}`.
 */
export async function* asked(parameters, signal) {
  for (;;) {
    const { status, body, headers } = await ask("/v1/map", { parameters, signal });
    if (status !== 202) {
      yield { map: body };
      return;
    }
    yield { done: body.done, total: body.total };
    await pause((Number(headers.get("retry-after")) || 1) * 1000, signal);
  }
}
