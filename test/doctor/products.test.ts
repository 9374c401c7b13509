import { describe, expect, test } from 'vitest'
import type { SignAnswer, SignAnswers } from '../../src/doctor/product.ts'
import { detectProduct, products } from '../../src/doctor/products.ts'

const nothing: SignAnswers = {
  root: undefined,
  capabilities: undefined,
  unknownPackage: undefined,
}

function answer(fields: Partial<SignAnswer>): SignAnswer {
  return { status: 200, headers: {}, text: '', ...fields }
}

function rootWith(headers: Readonly<Record<string, string>>): SignAnswers {
  return { ...nothing, root: answer({ headers }) }
}

describe('by its URL', () => {
  test.for([
    ['https://pkgs.dev.azure.com/corp/_packaging/feed/npm/registry/', 'azure-artifacts'],
    [
      'https://pkgs.dev.azure.com/corp/project/_packaging/feed@Release/npm/registry/',
      'azure-artifacts',
    ],
    ['https://corp.pkgs.visualstudio.com/_packaging/feed/npm/registry/', 'azure-artifacts'],
    ['https://corp.pkgs.visualstudio.com/project/_packaging/feed/npm/registry/', 'azure-artifacts'],
    ['https://tfs.corp.example/collection/_packaging/feed/npm/registry/', 'azure-artifacts'],
    ['https://corp.jfrog.io/artifactory/api/npm/npm-virtual/', 'artifactory'],
    ['https://packages.corp.example/artifactory/api/npm/npm/', 'artifactory'],
    ['https://packages.corp.example:8443/api/npm/npm/', 'artifactory'],
    ['https://europe-west1-npm.pkg.dev/project/repository/', 'google-artifact-registry'],
    ['https://us-npm.pkg.dev/corp.example/project/repository/', 'google-artifact-registry'],
    ['https://nexus.corp.example/repository/npm-group/', 'nexus'],
    ['https://corp.example/nexus/repository/npm-group/', 'nexus'],
    [
      'https://domain-123456789012.d.codeartifact.eu-west-1.amazonaws.com/npm/repo/',
      'codeartifact',
    ],
    [
      'https://my-domain-123456789012.d.codeartifact.eu-west-1.amazonaws.com:443/npm/repo/',
      'codeartifact',
    ],
    ['https://npm.pkg.github.com/', 'github-packages'],
    ['https://npm.pkg.github.com/corp/', 'github-packages'],
    ['https://gitlab.com/api/v4/packages/npm/', 'gitlab'],
    ['https://gitlab.corp.example/api/v4/groups/7/-/packages/npm/', 'gitlab'],
    ['https://gitlab.corp.example/api/v4/groups/a%2fb/-/packages/npm/', 'gitlab'],
    ['https://corp.example/gitlab/api/v4/projects/27/packages/npm/', 'gitlab'],
    ['https://gitlab.corp.example/api/v4/virtual_registries/packages/npm/4/', 'gitlab-virtual'],
    ['https://npm.cloudsmith.io/workspace/repository/', 'cloudsmith'],
    ['https://git.corp.example/api/packages/owner/npm/', 'gitea'],
  ] as const)('%s is %s', ([url, id]) => {
    const detected = detectProduct(new URL(url))
    expect(detected?.product.id).toBe(id)
    expect(detected?.evidence).toEqual(['the shape of its URL'])
  })

  test.for([
    'https://npm.corp.example/npm/',
    'https://npm.corp.example/npm/feed/',
    'https://npm.corp.example/',
    'https://corp.example/~jsr/',
    'https://pkgs.dev.azure.com.evil.example/corp/_packaging/feed/npm/',
    'https://pkgs.dev.azure.com/_packaging/feed/npm/registry/',
    'https://pkgs.dev.azure.com/a/b/c/_packaging/feed/npm/registry/',
    'https://pkgs.dev.azure.com/corp/_packaging/feed/nuget/v3/',
    'https://corp.jfrog.io/artifactory/api/pypi/npm/',
    'https://corp.jfrog.io/',
    'https://corp.jfrog.io/artifactory/api/npm/npm/more/',
    'https://europe-west1-npm.pkg.dev.evil.example/project/repository/',
    'https://europe-west1-docker.pkg.dev/project/repository/',
    'https://europe-west1-npm.pkg.dev/project/',
    'https://nexus.corp.example/repositories/npm-group/',
    'https://nexus.corp.example/repository/',
    'https://domain-12345678901.d.codeartifact.eu-west-1.amazonaws.com/npm/repo/',
    'https://domain-123456789012.d.codeartifact.eu-west-1.amazonaws.com.evil.example/npm/repo/',
    'https://domain-123456789012.d.codeartifact.eu-west-1.amazonaws.com/pypi/repo/',
    'https://npm.pkg.github.com.evil.example/corp/',
    'https://maven.pkg.github.com/corp/',
    'https://npm.pkg.github.com/corp/more/',
    'https://gitlab.corp.example/api/v4/projects/27/packages/maven/',
    'https://gitlab.corp.example/api/v4/projects/a/b/packages/npm/',
    'https://gitlab.corp.example/api/v5/packages/npm/',
    'https://gitlab.corp.example/api/v4/virtual_registries/packages/npm/four/',
    'https://npm.cloudsmith.io/workspace/',
    'https://npm.cloudsmith.io.evil.example/workspace/repository/',
    'https://git.corp.example/api/packages/owner/maven/',
    'https://git.corp.example/api/packages/npm/',
  ])('%s is none of them', (url) => {
    expect(detectProduct(new URL(url))).toBeUndefined()
  })
})

describe('by its answers, at an address that tells nothing', () => {
  const registry = new URL('https://npm.corp.example/npm/')
  test.for([
    ['azure-artifacts', rootWith({ 'x-tfs-processid': 'a' })],
    ['artifactory', rootWith({ 'x-jfrog-version': 'Artifactory/7.125.0' })],
    ['artifactory', rootWith({ server: 'Artifactory/7.4.3' })],
    ['nexus', rootWith({ server: 'Nexus/3.85.0-03 (COMMUNITY)' })],
    ['gitlab', undefined],
    ['proget', rootWith({ 'x-proget-version': '25.0.1' })],
    ['verdaccio', rootWith({ 'x-powered-by': 'verdaccio/5.32.0' })],
    [
      'verdaccio',
      { ...nothing, root: answer({ text: '<script>window.__VERDACCIO_BASENAME_UI_OPTIONS={}' }) },
    ],
    [
      'verdaccio',
      {
        ...nothing,
        unknownPackage: answer({
          status: 404,
          text: '{\n  "error": "no such package available"\n}',
        }),
      },
    ],
    ['gitea', rootWith({ 'set-cookie': 'i_like_gitea=a; Path=/; HttpOnly' })],
    ['pnpr', { ...nothing, capabilities: answer({ text: '{"pnpr":{"versions":[0]}}' }) }],
    ['vsr', { ...nothing, root: answer({ text: '<title>vlt serverless registry</title>' }) }],
  ] as const)('%s is told', ([id, answers]) => {
    // GitLab's header alone does not tell which of its two registries it is.
    const detected = detectProduct(registry, answers ?? rootWith({ 'x-gitlab-meta': '{}' }))
    expect(detected?.product.id).toBe(id === 'gitlab' ? undefined : id)
  })

  test.for([
    rootWith({ server: 'nginx' }),
    rootWith({ server: 'NotNexus/3' }),
    rootWith({ 'x-powered-by': 'not-verdaccio' }),
    rootWith({ 'set-cookie': 'i_like_giteas=a' }),
    { ...nothing, capabilities: answer({ text: '{"other":{"pnpr":1}}' }) },
    { ...nothing, capabilities: answer({ status: 404, text: '{"pnpr":{}}' }) },
    { ...nothing, unknownPackage: answer({ text: '{"error": "no such package available"}' }) },
  ])('a near miss is none of them: %j', (answers) => {
    expect(detectProduct(registry, answers)).toBeUndefined()
  })

  test('a sign goes before the shape of a path, and is certain where the path is likely', () => {
    const url = new URL('https://corp.example/repository/npm/')
    expect(detectProduct(url)).toMatchObject({ product: { id: 'nexus' }, sureness: 'likely' })
    const artifactory = rootWith({ 'x-jfrog-version': 'Artifactory/7' })
    expect(detectProduct(url, artifactory)).toMatchObject({
      product: { id: 'artifactory' },
      sureness: 'certain',
      evidence: ['header x-jfrog-version'],
    })
    expect(detectProduct(url, rootWith({ server: 'Nexus/3.85' }))).toMatchObject({
      product: { id: 'nexus' },
      sureness: 'certain',
      evidence: ['the shape of its URL', 'header server'],
    })
  })

  test('two products that fit equally well are none', () => {
    const both = rootWith({ 'x-jfrog-version': 'Artifactory/7', 'x-proget-version': '25' })
    expect(detectProduct(registry, both)).toBeUndefined()
  })
})

describe.for(products.map((product) => [product.id, product] as const))('%s', ([, product]) => {
  const place = { registry: new URL('https://corp.example/npm/x/'), parts: { feed: 'f; rm -rf ~' } }

  test('has something to say on every topic, in which nothing of a URL is left that a shell obeys', () => {
    for (const steps of Object.values(product.advice)) {
      expect(steps(place).length).toBeGreaterThan(0)
      expect(steps(place).join('\n')).not.toContain('rm -rf')
    }
  })

  test('writes credentials by the names of variables, for that host alone', () => {
    const lines = product.credentialLines(place)
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      expect(line).toMatch(/^\/\/corp\.example\//)
      expect(line).toMatch(/=\$\{[A-Z0-9_]+\}$|:username=any$|:email=npm@corp\.example$/)
    }
  })
})
