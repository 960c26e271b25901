import { expect, test, vi } from 'vitest'
const get = vi.hoisted(() => vi.fn())
const request = vi.hoisted(() => vi.fn())
vi.mock('$shared/api', () => ({ get, request, post: vi.fn(), put: vi.fn(), del: vi.fn() }))
import { api, onSignedOut } from './api'

const refused = Object.assign(new Error(), { status: 401 })

test('whatever is asked, an ended session is noticed and the question still fails', async () => {
  const told = vi.fn()
  onSignedOut(told)
  get.mockRejectedValueOnce(refused)
  await expect(api.searchClients('groot')).rejects.toBe(refused)
  expect(told).toHaveBeenCalledOnce()
})

test('a wrong password does not ask for a login within a login', async () => {
  const told = vi.fn()
  onSignedOut(told)
  request.mockRejectedValueOnce(refused)
  await expect(api.login('noor', 'fout')).rejects.toBe(refused)
  expect(told).not.toHaveBeenCalled()
})

test('what people typed is escaped in the address', async () => {
  get.mockResolvedValueOnce({ clients: [] })
  await api.searchClients('a&b=c d')
  expect(get).toHaveBeenCalledWith('/clients?q=a%26b%3Dc%20d')
})
