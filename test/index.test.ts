import { expect, test } from 'vitest'

test('the library exports what is promised, and nothing else', async () => {
  const library = await import('../src/index.ts')
  expect(Object.keys(library).toSorted()).toMatchInlineSnapshot(`
    [
      "JsrGuardError",
      "checkProject",
      "errorCodes",
      "evaluate",
      "explainRule",
      "formatJsrName",
      "formatJsrSpecifier",
      "formatNpmAlias",
      "formatNpmName",
      "initProject",
      "isJsrSpecifier",
      "matchesPackage",
      "parseJsrAlias",
      "parseJsrName",
      "parseJsrSpecifier",
      "parseNpmAlias",
      "parseNpmName",
      "parsePackagePattern",
      "parseUrlPrefix",
      "readLockfile",
      "readNpmLockfile",
      "readPackageJson",
      "readPolicy",
      "reporters",
      "rewriteManifest",
      "rewriteProject",
      "rewriteToJsr",
      "rewriteToNpm",
      "ruleLevels",
      "tryParseJsrName",
    ]
  `)
})
