import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, type ScalarEvent } from 'js-yaml'

/** A key of a mapping, and the scalar that it stands for. */
export interface YamlPlace {
  /** The keys that lead to it; the place in a list counts as a key. */
  readonly path: readonly string[]
  /** 1-based line of the key. */
  readonly line: number
  /** `undefined` where the value is a mapping or a list. */
  readonly scalar: YamlScalar | undefined
}

/** A scalar as it stands in the text. */
export interface YamlScalar {
  readonly value: string
  /** Offset and length of what stands between the quotes. */
  readonly offset: number
  readonly length: number
  readonly style: 'plain' | 'single' | 'double' | 'block'
}

/** How much is looked for. */
export interface LocateOptions {
  /** How many keys a path may have. */
  readonly maxDepth: number
}

/**
 * The keys of a YAML document and where they stand, in the order of the text.
 *
 * For text that `readStrictYaml` has accepted: aliases are not followed.
 */
export function locateYamlKeys(source: string, { maxDepth }: LocateOptions): YamlPlace[] {
  const walk: Walk = { source, frames: [], places: [], maxDepth, line: 1, offset: 0 }
  for (const event of parseEvents(source, {})) {
    if (event.type === EVENT_ID.POP) {
      walk.frames.pop()
      endValue(walk.frames.at(-1))
    } else if (event.type === EVENT_ID.SCALAR) addScalar(walk, event)
    else if (event.type === EVENT_ID.ALIAS) endValue(walk.frames.at(-1))
    else openFrame(walk, event.type === EVENT_ID.MAPPING)
  }
  return walk.places
}

/** A mapping, list or document that is open. */
interface Frame {
  readonly isMapping: boolean
  /** The keys that lead to what is inside it. */
  readonly path: readonly string[]
  /** The key whose value comes next; `undefined` where a key comes next. */
  key: string | undefined
  keyLine: number
  index: number
}

interface Walk {
  readonly source: string
  readonly frames: Frame[]
  readonly places: YamlPlace[]
  readonly maxDepth: number
  line: number
  offset: number
}

function openFrame({ frames, places, maxDepth }: Walk, isMapping: boolean): void {
  const parent = frames.at(-1)
  const path = parent === undefined ? [] : pathOf(parent)
  if (parent?.isMapping === true && path.length <= maxDepth) {
    places.push({ path, line: parent.keyLine, scalar: undefined })
  }
  frames.push({ isMapping, path, key: undefined, keyLine: 0, index: 0 })
}

/** Where the value that comes next stands; the document itself adds nothing. */
function pathOf({ isMapping, path, key, index }: Frame): readonly string[] {
  if (isMapping) return [...path, key ?? '']
  return path.length === 0 ? path : [...path, String(index)]
}

function addScalar(walk: Walk, event: ScalarEvent): void {
  const frame = walk.frames.at(-1)
  if (frame === undefined) return
  if (frame.isMapping && frame.key === undefined) {
    frame.key = getScalarValue(walk.source, event)
    frame.keyLine = lineAt(walk, event.valueStart)
    return
  }
  const path = pathOf(frame)
  if (path.length > 0 && path.length <= walk.maxDepth) {
    const line = frame.isMapping ? frame.keyLine : lineAt(walk, event.valueStart)
    walk.places.push({ path, line, scalar: createScalar(walk.source, event) })
  }
  endValue(frame)
}

function endValue(frame: Frame | undefined): void {
  if (frame === undefined) return
  frame.key = undefined
  frame.index += 1
}

/** Offsets come in the order of the text, so lines are counted once. */
function lineAt(walk: Walk, offset: number): number {
  while (walk.offset < offset) {
    const next = walk.source.indexOf('\n', walk.offset)
    if (next === -1 || next >= offset) break
    walk.line += 1
    walk.offset = next + 1
  }
  return walk.line
}

function createScalar(source: string, event: ScalarEvent): YamlScalar {
  const { valueStart, valueEnd, style } = event
  return {
    value: getScalarValue(source, event),
    offset: valueStart,
    length: valueEnd - valueStart,
    style: styleName(style),
  }
}

function styleName(style: ScalarEvent['style']): YamlScalar['style'] {
  if (style === SCALAR_STYLE.PLAIN) return 'plain'
  if (style === SCALAR_STYLE.SINGLE_QUOTED) return 'single'
  return style === SCALAR_STYLE.DOUBLE_QUOTED ? 'double' : 'block'
}
