/** Every question the desk asks the server, by the name of what people do. */
import { del, get, patch, post, put, request } from '$shared/api'
import type * as t from './types'

const q = encodeURIComponent

const calls = {
  login: (login: string, password: string) => request('/session', { method: 'POST', body: { login, password } }),
  board: () => get<t.Board>('/board'),
  regions: () => get<{ regions: t.Region[] }>('/regions'),
  recommendation: (visitId: string) => get<t.Recommendation>(`/visits/${visitId}/recommendation`),
  addPlanned: (body: Record<string, unknown>) => post<t.BoardVisit>('/visits', body),
  assign: (visitId: string, body: Record<string, unknown>) =>
    post<t.BoardVisit>(`/visits/${visitId}/assignments`, body),
  withdraw: (visitId: string, reason: string) => post(`/visits/${visitId}/withdrawals`, { reason }),
  cancel: (visitId: string, reason: string, is_both: boolean) =>
    post(`/visits/${visitId}/cancellations`, { reason, is_both }),
  addSecond: (visitId: string, id: string) => post<t.BoardVisit>(`/visits/${visitId}/second-nurse`, { id }),
  dropOthers: (visitId: string) => del(`/visits/${visitId}/second-nurse`),
  planBreak: (shiftId: string, body: Record<string, unknown>) => post(`/shifts/${shiftId}/breaks`, body),
  changeBreak: (breakId: string, body: Record<string, unknown>) => put(`/breaks/${breakId}`, body),
  cancelBreak: (breakId: string) => del(`/breaks/${breakId}`),
  breakNow: (shiftId: string, body: { id: string; minutes: number }) => post(`/shifts/${shiftId}/break-now`, body),
  endBreak: (breakId: string) => post(`/breaks/${breakId}/end`),
  lock: (visitId: string, is_locked: boolean) => post(`/visits/${visitId}/lock`, { is_locked }),
  setStatus: (visitId: string, status: t.VisitStatus, happened_at: string | null) =>
    post(`/visits/${visitId}/status`, happened_at === null ? { status } : { status, happened_at }),
  wake: (shiftId: string) => post(`/shifts/${shiftId}/wake`),
  acknowledge: (alarmId: string) => post(`/alarms/${alarmId}/acknowledgements`),
  askProposal: (nightId: string, body: { id: string; includes_assigned: boolean }) =>
    post<t.PlanProposal>(`/nights/${nightId}/proposals`, body),
  proposal: (id: string) => get<t.PlanProposal>(`/proposals/${id}`),
  acceptProposal: (id: string) => post<t.PlanProposal>(`/proposals/${id}/acceptances`),
  declineProposal: (id: string, reason: string) => post<t.PlanProposal>(`/proposals/${id}/refusals`, { reason }),
  stopProposal: (id: string) => post<t.PlanProposal>(`/proposals/${id}/cancellations`),
  undoProposal: (id: string) => post<t.PlanProposal>(`/proposals/${id}/reversals`),
  closeNight: (nightId: string) => post<t.Closing>(`/nights/${nightId}/closure`),
  regionHelp: (nightId: string) => get<t.RegionHelp>(`/region-help?night_id=${nightId}`),
  handovers: () => get<{ handovers: t.Handover[] }>('/handovers'),
  claim: (care_request_id: string) => post<{ name: string; is_mine: boolean }>('/presence', { care_request_id }),
  release: (care_request_id: string) => del('/presence', { care_request_id }),

  entryComplaints: () => get<{ entry_complaints: t.EntryComplaint[] }>('/entry-complaints'),
  pathways: () => get<{ pathways: t.Pathway[] }>('/care-pathways'),
  scopeList: () => get<t.ScopeList>('/scope-list'),
  searchClients: (text: string) => get<{ clients: t.ClientHit[] }>(`/clients?q=${q(text)}`),
  client: (id: string) => get<t.Client>(`/clients/${id}`),
  pin: (id: string, at: { lat: number; lon: number }) => post<t.Client>(`/clients/${id}/pin`, at),
  setFundingLaw: (id: string, funding_law: t.FundingLaw) =>
    patch<t.Client>(`/clients/${id}/funding-law`, { funding_law }),
  lookBack: (clientId: string, apartFrom: string | null) =>
    get<t.LookBack>(`/clients/${clientId}/look-back?hours=72${apartFrom ? `&apart_from=${apartFrom}` : ''}`),
  addProvisional: (body: Record<string, unknown>) => post<t.Client>('/clients/provisional', body),
  findAddress: (postcode: string, houseNumber: string, addition: string) =>
    get<t.FoundAddress>(
      `/addresses?postcode=${q(postcode)}&house_number=${q(houseNumber)}${addition ? `&addition=${q(addition)}` : ''}`,
    ),
  drafts: () => get<{ drafts: t.IntakeDraft[] }>('/intake-drafts'),
  saveDraft: (id: string, body: unknown) => put(`/intake-drafts/${id}`, { body }),
  dropDraft: (id: string) => del(`/intake-drafts/${id}`),
  register: (body: Record<string, unknown>) => post<t.CareRequest>('/care-requests', body),
  careRequest: (id: string) => get<t.CareRequest>(`/care-requests/${id}`),
  link: (requestId: string, linked_to_id: string) => post(`/care-requests/${requestId}/links`, { linked_to_id }),
  identify: (requestId: string, client_id: string) => post(`/care-requests/${requestId}/client`, { client_id }),
  propose: (body: Record<string, unknown>) => post<t.Proposal>('/urgency-proposals', body),
  decide: (requestId: string, body: Record<string, unknown>) =>
    post(`/care-requests/${requestId}/triage-decisions`, body),
  decisions: (requestId: string) =>
    get<{ triage_decisions: t.TriageDecision[] }>(`/care-requests/${requestId}/triage-decisions`),
}

type Calls = typeof calls
let signedOut: () => void = () => undefined
/** Called when the server no longer knows who is at this desk, whatever was asked. */
export function onSignedOut(tell: () => void): void {
  signedOut = tell
}

/** The same calls; every one of them notices that the session ended. A wrong password is not that. */
export const api: Calls = Object.fromEntries(
  Object.entries(calls as Record<string, (...given: never[]) => Promise<unknown>>).map(([name, call]) => [
    name,
    async (...given: never[]) => {
      try {
        return await call(...given)
      } catch (error) {
        if (name !== 'login' && (error as { status?: number }).status === 401) signedOut()
        throw error
      }
    },
  ]),
) as unknown as Calls
