import { gatewaySteps, tokenLine, type Product } from '../product.ts'

/** @see https://github.com/vltpkg/vsr */
export const vsr: Product = {
  id: 'vsr',
  name: 'vlt serverless registry',
  model: 'constructs',
  // It may lie anywhere.
  parseUrl: () => undefined,
  rateUrl: () => 'possible',
  signs: [
    {
      what: 'its page at its root',
      sureness: 'likely',
      isSeen: ({ root }) => root !== undefined && /vlt serverless registry/i.test(root.text),
    },
  ],
  credentialLines: (place) => [tokenLine(place, 'VSR_TOKEN')],
  tarballs: () => [],
  advice: {
    credentials: () => [
      'put a token of its database into VSR_TOKEN, with the scope to read packages',
    ],
    upstream: () => [
      ...gatewaySteps,
      "in its configuration give the upstream of JSR the URL https://<gateway>/ and the type npm: the type jsr asks for npm's own paths as well",
    ],
    scope: () => [
      'let @jsr:registry end in the path of that upstream, and of no other: https://<host>/jsr/',
    ],
  },
}
