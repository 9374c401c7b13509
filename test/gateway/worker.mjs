/** The gateway as an edge platform runs it: nothing but the handler. Bundled by the test. */
import { createGateway } from 'jsr-guard/gateway'

let gateway

// The one name that worker runtimes look for.
// oxlint-disable-next-line import/no-default-export
export default {
  async fetch(request, env) {
    gateway ??= createGateway({ publicUrl: env.PUBLIC_URL, upstream: env.UPSTREAM })
    return await gateway(request)
  },
}
