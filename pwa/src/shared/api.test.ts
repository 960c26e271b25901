import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { del, get, onSignedOut, patch, post, session } from './api'

const fetched = vi.fn<typeof fetch>()
const told = vi.fn()
const answer = (status: number, body: unknown = {}) =>
  fetched.mockResolvedValueOnce(status === 204 ? new Response(null, { status }) : Response.json(body, { status }))
const last = () => {
  const [address, init] = fetched.mock.lastCall!
  return { address, method: init?.method, body: init?.body, headers: init?.headers as Record<string, string> }
}

beforeEach(async () => {
  vi.stubGlobal('fetch', fetched.mockReset())
  onSignedOut(told.mockReset())
  answer(200, { csrf_token: 'token' })
  await session()
})
afterEach(() => vi.unstubAllGlobals())

test('the names in an address are filled in, and what is typed is escaped', async () => {
  answer(200)
  await get('/clients/{client_id}', { client_id: 'a/b' })
  expect(last().address).toBe('/api/v1/clients/a%2Fb')
  answer(200, { clients: [] })
  await get('/clients', { q: 'a&b=c d' })
  expect(last().address).toBe('/api/v1/clients?q=a%26b%3Dc%20d')
})

test('what is empty is not asked for', async () => {
  answer(200)
  await get('/addresses', { postcode: '1056DL', house_number: '214', addition: '' })
  expect(last().address).toBe('/api/v1/addresses?postcode=1056DL&house_number=214')
})

test('what is sent carries the token and its own body', async () => {
  answer(200)
  await patch('/clients/{client_id}/funding-law', { client_id: 'c' }, { funding_law: 'wlz' })
  expect(last()).toMatchObject({ method: 'PATCH', body: '{"funding_law":"wlz"}' })
  expect(last().headers['X-CSRF-Token']).toBe('token')
})

test('a deed without a body sends an empty one, and what is deleted sends none', async () => {
  answer(204)
  await post('/shifts/{shift_id}/wake', { shift_id: 's' })
  expect(last()).toMatchObject({ address: '/api/v1/shifts/s/wake', body: '{}' })
  answer(204)
  await del('/breaks/{break_id}', { break_id: 'b' })
  expect(last()).toMatchObject({ method: 'DELETE', body: undefined })
})

test('a token that no longer counts is fetched anew, once', async () => {
  answer(403, { code: 'forged' })
  answer(200, { csrf_token: 'fresh' })
  answer(204)
  await post('/shifts/{shift_id}/wake', { shift_id: 's' })
  expect(last().headers['X-CSRF-Token']).toBe('fresh')
})

test('whatever is asked, an ended session is noticed and the question still fails', async () => {
  answer(401, { code: 'not_logged_in' })
  await expect(get('/board')).rejects.toMatchObject({ status: 401 })
  expect(told).toHaveBeenCalledOnce()
})

test('a wrong password does not ask for a login within a login', async () => {
  answer(401, { code: 'wrong_login' })
  await expect(post('/session', {}, { login: 'noor', password: 'fout' })).rejects.toMatchObject({ code: 'wrong_login' })
  expect(told).not.toHaveBeenCalled()
})
