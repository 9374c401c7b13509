import { headerSign, tokenLine, type Product } from '../product.ts'

/** @see https://verdaccio.org/docs/configuration */
export const verdaccio: Product = {
  id: 'verdaccio',
  name: 'Verdaccio',
  model: 'follows',
  // It may lie anywhere.
  parseUrl: () => undefined,
  rateUrl: () => 'possible',
  signs: [
    headerSign('x-powered-by', /^verdaccio\b/, 'certain'),
    {
      what: 'its answer at its root',
      sureness: 'certain',
      isSeen: ({ root }) =>
        root !== undefined &&
        (root.text.includes('__VERDACCIO_BASENAME_UI_OPTIONS') ||
          root.text.includes('"Web interface is disabled in the config file"')),
    },
    {
      what: 'its words for a package that it has not got',
      sureness: 'likely',
      isSeen: ({ unknownPackage }) =>
        unknownPackage?.status === 404 &&
        /"error": "no such package available"/.test(unknownPackage.text),
    },
  ],
  credentialLines: (place) => [tokenLine(place, 'VERDACCIO_TOKEN')],
  tarballs: () => [],
  advice: {
    credentials: () => [
      'log in with npm login --registry, and put the token of your ~/.npmrc into VERDACCIO_TOKEN',
      'let access of the package "@jsr/*" in its config.yaml name your group, or $authenticated',
    ],
    upstream: () => [
      'in its config.yaml: uplinks: { jsr: { url: https://npm.jsr.io/ } }',
      "and as the first of packages: '@jsr/*': { access: $authenticated, proxy: jsr }",
      "with jsr-guard gateway as the uplink the files get npm's usual names, and lockfiles no addresses",
    ],
    scope: () => [
      "move '@jsr/*' above '@*/*' and '**' in packages of its config.yaml, with proxy: jsr alone: the first match counts",
    ],
  },
}
