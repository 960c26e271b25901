/** What the desk reads, by the names it uses. The shapes are the server's own, generated from its OpenAPI document. */
import type { components } from '$shared/schema'

type Schemas = components['schemas']
/** Times that the document leaves untyped are ISO-8601 strings; some may be missing. */
type WithTimes<T, Sure extends keyof T, Maybe extends keyof T = never> = Omit<T, Sure | Maybe> &
  Record<Sure, string> &
  Record<Maybe, string | null>

export type Board = Schemas['BoardOut']
export type Night = Schemas['BoardNightOut']
export type Waiting = Schemas['WaitingOut']
export type BoardVisit = Schemas['BoardVisitOut']
export type Car = Schemas['BoardCarOut']
export type Alarm = Schemas['BoardAlarmOut']
export type Change = Schemas['ChangeOut']
export type Urgency = BoardVisit['urgency']
export type VisitStatus = BoardVisit['status']
export type AlarmKind = Alarm['kind']

export type Recommendation = Schemas['RecommendationOut']
export type Option = Schemas['AdvisedCarOut']
export type Rejected = Schemas['RejectedCarOut']
export type Delay = Schemas['DelayOut']
export type Params = Record<string, unknown>
export interface Reason {
  code: string
  params?: Params
}

export type PostcodeArea = Pick<Schemas['PostcodeAreaOut'], 'pc4' | 'place' | 'lat' | 'lon'>
export type Region = Omit<Schemas['RegionOut'], 'postcode_areas'> & { postcode_areas: PostcodeArea[] }
export type ClientHit = Schemas['ClientFound']
export type Client = Schemas['ClientOut']
export type FoundAddress = Schemas['AddressOut']
export type Contact = WithTimes<Schemas['ContactOut'], 'happened_at'>
export type LookBack = Omit<Schemas['LookBackOut'], 'contacts'> & { contacts: Contact[] }

export type EntryComplaint = Schemas['EntryComplaintOut']
export type Pathway = Schemas['CarePathwayOut']
export type PathwayQuestion = Schemas['QuestionOut']
export type ScopeList = Schemas['ScopeListOut']
export type Criterion = Schemas['ScopeCriterionOut']
export type Proposal = Schemas['UrgencyProposalOut']
export type Link = WithTimes<Schemas['LinkOut'], 'received_at'>
export type CareRequest = Omit<WithTimes<Schemas['CareRequestOut'], 'received_at'>, 'suggested_links'> & {
  suggested_links: Link[]
}
export type TriageDecision = WithTimes<Schemas['TriageDecisionOut'], 'decided_at'>
export type Verdict = Criterion['verdict']
export type Outcome = Schemas['TriageDecisionIn']['outcome']
export type Counterfactual = NonNullable<Schemas['TriageDecisionIn']['counterfactual']>
export type AbcdKey = keyof Schemas['AbcdShape']
export type AbcdAnswer = Schemas['AbcdShape']['airway']
export type IntakeDraft = WithTimes<Schemas['DraftOut'], 'updated_at'>

export type Handover = WithTimes<Schemas['HandoverOut'], 'generated_at', 'opened_at' | 'unread_flagged_at'>
export type Closing = Omit<Schemas['ClosingOut'], 'handovers'> & { handovers: Handover[] }
