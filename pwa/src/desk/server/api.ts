/** Every question the desk asks the server, by the name of what people do. */
import { del, get, patch, post, put } from '$shared/api'
import type * as t from './types'

export const api = {
  login: (login: string, password: string) => post('/session', {}, { login, password }),
  board: () => get('/board'),
  regions: () => get('/regions'),
  recommendation: (visit_id: string) => get('/visits/{visit_id}/recommendation', { visit_id }),
  addPlanned: (body: t.PlannedBody) => post('/visits', {}, body),
  assign: (visit_id: string, body: t.AssignmentBody) => post('/visits/{visit_id}/assignments', { visit_id }, body),
  withdraw: (visit_id: string, reason: string) => post('/visits/{visit_id}/withdrawals', { visit_id }, { reason }),
  cancel: (visit_id: string, reason: string, is_both: boolean) =>
    post('/visits/{visit_id}/cancellations', { visit_id }, { reason, is_both }),
  addSecond: (visit_id: string, id: string) => post('/visits/{visit_id}/second-nurse', { visit_id }, { id }),
  dropOthers: (visit_id: string) => del('/visits/{visit_id}/second-nurse', { visit_id }),
  planBreak: (shift_id: string, body: t.BreakBody) => post('/shifts/{shift_id}/breaks', { shift_id }, body),
  changeBreak: (break_id: string, body: t.BreakTimesBody) => put('/breaks/{break_id}', { break_id }, body),
  cancelBreak: (break_id: string) => del('/breaks/{break_id}', { break_id }),
  breakNow: (shift_id: string, body: t.BreakNowBody) => post('/shifts/{shift_id}/break-now', { shift_id }, body),
  endBreak: (break_id: string) => post('/breaks/{break_id}/end', { break_id }),
  lock: (visit_id: string, is_locked: boolean) => post('/visits/{visit_id}/lock', { visit_id }, { is_locked }),
  setStatus: (visit_id: string, status: t.VisitStatus, happened_at: string | null) =>
    post('/visits/{visit_id}/status', { visit_id }, happened_at === null ? { status } : { status, happened_at }),
  wake: (shift_id: string) => post('/shifts/{shift_id}/wake', { shift_id }),
  acknowledge: (alarm_id: string) => post('/alarms/{alarm_id}/acknowledgements', { alarm_id }),
  askProposal: (night_id: string, body: t.PlanBody) => post('/nights/{night_id}/proposals', { night_id }, body),
  proposal: (proposal_id: string) => get('/proposals/{proposal_id}', { proposal_id }),
  acceptProposal: (proposal_id: string) => post('/proposals/{proposal_id}/acceptances', { proposal_id }),
  declineProposal: (proposal_id: string, reason: string) =>
    post('/proposals/{proposal_id}/refusals', { proposal_id }, { reason }),
  stopProposal: (proposal_id: string) => post('/proposals/{proposal_id}/cancellations', { proposal_id }),
  undoProposal: (proposal_id: string) => post('/proposals/{proposal_id}/reversals', { proposal_id }),
  closeNight: (night_id: string) => post('/nights/{night_id}/closure', { night_id }),
  regionHelp: (night_id: string) => get('/region-help', { night_id }),
  handovers: () => get('/handovers'),
  claim: (care_request_id: string) => post('/presence', {}, { care_request_id }),
  release: (care_request_id: string) => del('/presence', {}, { care_request_id }),

  entryComplaints: () => get('/entry-complaints'),
  pathways: () => get('/care-pathways'),
  scopeList: () => get('/scope-list'),
  searchClients: (text: string) => get('/clients', { q: text }),
  client: (client_id: string) => get('/clients/{client_id}', { client_id }),
  pin: (client_id: string, at: t.PinBody) => post('/clients/{client_id}/pin', { client_id }, at),
  setFundingLaw: (client_id: string, funding_law: t.FundingLaw) =>
    patch('/clients/{client_id}/funding-law', { client_id }, { funding_law }),
  lookBack: (client_id: string, apart_from: string | null) =>
    get('/clients/{client_id}/look-back', { client_id, hours: 72, ...(apart_from ? { apart_from } : {}) }),
  addProvisional: (body: t.ProvisionalClientBody) => post('/clients/provisional', {}, body),
  findAddress: (postcode: string, house_number: string, addition: string) =>
    get('/addresses', { postcode, house_number, addition }),
  drafts: () => get('/intake-drafts'),
  saveDraft: (draft_id: string, body: t.DraftBody) => put('/intake-drafts/{draft_id}', { draft_id }, { body }),
  dropDraft: (draft_id: string) => del('/intake-drafts/{draft_id}', { draft_id }),
  register: (body: t.CareRequestBody) => post('/care-requests', {}, body),
  careRequest: (care_request_id: string) => get('/care-requests/{care_request_id}', { care_request_id }),
  link: (care_request_id: string, linked_to_id: string) =>
    post('/care-requests/{care_request_id}/links', { care_request_id }, { linked_to_id }),
  identify: (care_request_id: string, client_id: string) =>
    post('/care-requests/{care_request_id}/client', { care_request_id }, { client_id }),
  propose: (body: t.UrgencyProposalBody) => post('/urgency-proposals', {}, body),
  decide: (care_request_id: string, body: t.DecisionBody) =>
    post('/care-requests/{care_request_id}/triage-decisions', { care_request_id }, body),
  decisions: (care_request_id: string) => get('/care-requests/{care_request_id}/triage-decisions', { care_request_id }),
}
