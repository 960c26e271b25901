/**
 * The one way to the server: same origin, CSRF token, a time limit, and errors with a code that nl.ts can say in Dutch.
 * Addresses, bodies and answers are those of the API document.
 */
import type { Answer, Asked, Body, Path, Verb } from './document'

let say = (code: string, _details: Record<string, unknown>): string => code

/** nl.ts gives the errors their Dutch as soon as a page loads it; the phone's first screen can do without. */
export const speakWith = (sentence: typeof say): void => void (say = sentence)

export type Session = Answer<'/session', 'get'>

interface ProblemBody {
  code?: string
  title?: string
  detail?: string
  details?: Record<string, unknown>
  errors?: Record<string, string[]>
}

/** The server answered, and the answer is no. */
export class Problem extends Error {
  override name = 'Problem'
  readonly code: string
  readonly details: Record<string, unknown>
  readonly errors: Record<string, string[]>

  constructor(
    readonly status: number,
    body: ProblemBody,
    readonly retryAfterSeconds: number | null = null,
  ) {
    const code = body.code ?? `http_${status}`
    super(say(code, body.details ?? {}))
    this.code = code
    this.details = body.details ?? {}
    this.errors = body.errors ?? {}
  }
}

/** Nothing came back: no network, a tunnel, a time-out, or something in between that is not our server. */
export class Unreachable extends Error {
  override name = 'Unreachable'
  constructor() {
    super(say('unreachable', {}))
  }
}

const BASE = '/api/v1'
const TIME_LIMIT_MS = 15_000
let csrfToken: string | null = null

interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  timeLimitMs?: number
  /** Lets the request outlive the page: for what is sent while the nurse puts her phone away. */
  keepalive?: boolean
}

async function ask(
  path: string,
  { method = 'GET', body, timeLimitMs = TIME_LIMIT_MS, keepalive = false }: Options,
): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (method !== 'GET') headers['X-CSRF-Token'] = await token()
  try {
    return await fetch(BASE + path, {
      method,
      headers,
      keepalive,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: AbortSignal.timeout(timeLimitMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  } catch {
    throw new Unreachable()
  }
}

async function read<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T
  let body: unknown
  try {
    body = await response.json()
  } catch {
    // A wifi portal's own page or a broken proxy: not our server speaking.
    if (response.ok) throw new Unreachable()
    body = {}
  }
  if (response.ok) return body as T
  const seconds = Number(response.headers.get('Retry-After'))
  throw new Problem(
    response.status,
    (body ?? {}) as ProblemBody,
    Number.isFinite(seconds) && seconds > 0 ? seconds : null,
  )
}

/** Asks the server, once more with a fresh CSRF token when the old one no longer counts. */
async function twice<T>(path: string, options: Options): Promise<T> {
  try {
    return await read<T>(await ask(path, options))
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'forged') throw error
    csrfToken = null
    return await read<T>(await ask(path, options))
  }
}

let signedOut: () => void = () => undefined

/** Called when the server no longer knows who this is, whatever was asked. A wrong password is not that, nor is leaving. */
export const onSignedOut = (tell: () => void): void => void (signedOut = tell)

export async function request<T>(path: string, options: Options = {}): Promise<T> {
  try {
    return await twice<T>(path, options)
  } catch (error) {
    const isAtTheDoor = path === '/session' && (options.method ?? 'GET') !== 'GET'
    if (error instanceof Problem && error.status === 401 && !isAtTheDoor) signedOut()
    throw error
  }
}

type Values = Record<string, string | number | boolean | undefined>

/** The address with its names filled in; what has no place in it becomes the query, what is empty is left out. */
function filled(path: string, values: Values): string {
  const rest = { ...values }
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    delete rest[name]
    return encodeURIComponent(String(values[name]))
  })
  const asked = Object.entries(rest).filter(([, value]) => value !== undefined && value !== '')
  const query = asked.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
  return query ? `${address}?${query}` : address
}

type Nothing = Record<never, never>
/** The values of an address, left out where it asks for none; then the body, where there is one. */
type Given<P extends string, V extends Verb> =
  Body<P, V> extends undefined
    ? Nothing extends Asked<P, V>
      ? [values?: Asked<P, V>]
      : [values: Asked<P, V>]
    : [values: Asked<P, V>, body: Body<P, V>]

const by =
  <V extends Verb>(method: Uppercase<V>, otherwise?: object) =>
  <P extends Path<V>>(path: P, ...given: Given<P, V>): Promise<Answer<P, V>> => {
    const [values = {}, body = otherwise]: [Values?, unknown?] = given
    return request(filled(path, values), { method, body })
  }

export const get = by<'get'>('GET')
export const post = by<'post'>('POST', {})
export const put = by<'put'>('PUT')
export const patch = by<'patch'>('PATCH')
export const del = by<'delete'>('DELETE')

async function token(): Promise<string> {
  if (csrfToken === null) {
    csrfToken = globalThis.document?.querySelector('meta[name="csrf-token"]')?.getAttribute('content') ?? null
  }
  return csrfToken ?? (await session()).csrf_token
}

let expected: string | null = null

/** From here on only this person's session counts; a colleague who logged in on the same device is answered as nobody. */
export const expectPerson = (staffId: string | null): void => void (expected = staffId)

/** Who is logged in. Throws Problem 401 "not_logged_in" when nobody is. */
export async function session(): Promise<Session> {
  const known = await request<Session>('/session')
  if (expected !== null && known.staff_id !== expected) throw new Problem(401, { code: 'other_person' })
  csrfToken = known.csrf_token
  return known
}

export async function logout(): Promise<void> {
  await request<void>('/session', { method: 'DELETE' })
  csrfToken = null
}
