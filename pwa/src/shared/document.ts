/** The API document as types: for an address and a verb, what is asked in the address, what is sent, and what comes back. */
import type { paths } from './schema'

export type Verb = 'get' | 'post' | 'put' | 'patch' | 'delete'

type Base = '/api/v1'
type Short<P> = P extends `${Base}${infer Rest}` ? Rest : never
type Operation<P extends string, V extends Verb> = paths[`${Base}${P}` & keyof paths][V]
type Json<T> = T extends { content: { 'application/json': infer Shape } } ? Shape : undefined
type Part<T> = [NonNullable<T>] extends [never] ? unknown : NonNullable<T>

/** The addresses that know this verb, by their names: '/visits/{visit_id}/lock'. */
export type Path<V extends Verb> = {
  [P in keyof paths]: undefined extends paths[P][V] ? never : Short<P>
}[keyof paths]

/** What fills the names in the address, and what is asked behind the question mark. */
export type Asked<P extends string, V extends Verb> =
  Operation<P, V> extends { parameters: { path?: infer Names; query?: infer Query } }
    ? Part<Names> & Part<Query>
    : never

export type Body<P extends string, V extends Verb> =
  Operation<P, V> extends { requestBody: infer Sent } ? Json<Sent> : undefined

export type Answer<P extends string, V extends Verb> =
  Operation<P, V> extends { responses: infer Given } ? Json<Given[keyof Given & (200 | 201 | 202 | 204)]> : never
