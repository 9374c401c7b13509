/** The gateway as an edge platform runs it: nothing but the handler. Bundled by the test. */
import { createGateway } from 'jsr-guard/gateway'

let gateway

export default {
  async fetch(request, env) {
    gateway ??= createGateway({ publicUrl: env.PUBLIC_URL, upstream: env.UPSTREAM })
    return await gateway(request)
  },
}
