import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** A key and its certificate, PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** A certificate authority that lives as long as one world. */
export interface Authority {
  /** Its own certificate, PEM. */
  readonly cert: string
  /** A server certificate for these names. */
  issue(hosts: readonly string[]): Certificate
}

/**
 * Makes an authority of its own. Written as DER by hand: it is small, needs no dependency, and a
 * world starts in milliseconds.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280
 */
export function createAuthority(): Authority {
  const keys = createKeys()
  const issuer = { name: 'jsr-guard closed world', keys }
  const cert = toPem(encodeCertificate({ issuer, subject: issuer, extensions: caExtensions(keys) }))
  return {
    cert,
    issue(hosts) {
      const subject = { name: hosts[0] ?? 'localhost', keys: createKeys() }
      const der = encodeCertificate({ issuer, subject, extensions: leafExtensions(hosts, issuer) })
      const key = subject.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      return { key, cert: toPem(der) }
    },
  }
}

interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

interface Party {
  readonly name: string
  readonly keys: KeyPair
}

interface CertificateParts {
  readonly issuer: Party
  readonly subject: Party
  readonly extensions: readonly Buffer[]
}

const oids = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const

function createKeys(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
}

function encodeCertificate({ issuer, subject, extensions }: CertificateParts): Buffer {
  const algorithm = sequence(encodeOid(oids.ecdsaWithSha256))
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(15)])
  const toBeSigned = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, serial),
    algorithm,
    encodeName(issuer.name),
    sequence(encodeTime(-1), encodeTime(2)),
    encodeName(subject.name),
    spkiOf(subject.keys),
    tagged(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', toBeSigned, issuer.keys.privateKey)
  return sequence(toBeSigned, algorithm, bitString(signature))
}

function caExtensions(keys: KeyPair): Buffer[] {
  return [
    extension(oids.basicConstraints, sequence(tagged(0x01, Buffer.from([0xff]))), 'critical'),
    extension(oids.keyUsage, tagged(0x03, Buffer.from([1, 0x06])), 'critical'),
    extension(oids.subjectKeyIdentifier, tagged(0x04, keyIdOf(keys))),
  ]
}

function leafExtensions(hosts: readonly string[], issuer: Party): Buffer[] {
  const names = hosts.map((host) => tagged(0x82, Buffer.from(host)))
  return [
    extension(oids.subjectAltName, sequence(...names)),
    extension(oids.extendedKeyUsage, sequence(encodeOid(oids.serverAuth))),
    extension(oids.authorityKeyIdentifier, sequence(tagged(0x80, keyIdOf(issuer.keys)))),
  ]
}

function extension(oid: string, value: Buffer, critical?: 'critical'): Buffer {
  const flag = critical === undefined ? [] : [tagged(0x01, Buffer.from([0xff]))]
  return sequence(encodeOid(oid), ...flag, tagged(0x04, value))
}

function encodeName(commonName: string): Buffer {
  const attribute = sequence(encodeOid(oids.commonName), tagged(0x0c, Buffer.from(commonName)))
  return sequence(tagged(0x31, attribute))
}

function encodeTime(daysFromNow: number): Buffer {
  const time = new Date(Date.now() + daysFromNow * 86_400_000).toISOString()
  return tagged(0x17, Buffer.from(`${time.replaceAll(/[-:T]/g, '').slice(2, 14)}Z`))
}

function encodeOid(oid: string): Buffer {
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let left = value >> 7; left > 0; left >>= 7) bytes.unshift((left & 0x7f) | 0x80)
  return bytes
}

function spkiOf({ publicKey }: KeyPair): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' })
}

function keyIdOf(keys: KeyPair): Buffer {
  return createHash('sha1').update(spkiOf(keys)).digest()
}

function bitString(content: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), content]))
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
