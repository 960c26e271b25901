/** What the desk reads and sends, by the names it uses. The shapes are the server's own, generated from its OpenAPI document. */
import type { Body } from '$shared/document'
import type { components } from '$shared/schema'

type Schemas = components['schemas']
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

export type PlanProposal = Schemas['ProposalOut']
export type ProposalState = NonNullable<Night['proposal']>['state']
export type Comparison = Schemas['ComparisonOut']
export type Totals = Schemas['TotalsOut']
export type FixedVisits = Schemas['FixedOut']
export type ProposedVisit = Schemas['ProposedVisitOut']
export type ProposedCar = Schemas['ProposedCarOut']

export type PostcodeArea = Pick<Schemas['PostcodeAreaOut'], 'pc4' | 'place' | 'lat' | 'lon'>
export type Region = Omit<Schemas['RegionOut'], 'postcode_areas'> & { postcode_areas: PostcodeArea[] }
export type RegionHelp = Schemas['RegionHelpOut']
export type ClientHit = Schemas['ClientFound']
export type Client = Schemas['ClientOut']
export type FundingLaw = Client['funding_law']
export type FoundAddress = Schemas['AddressOut']
export type Contact = Schemas['ContactOut']
export type LookBack = Schemas['LookBackOut']

export type EntryComplaint = Schemas['EntryComplaintOut']
export type Pathway = Schemas['CarePathwayOut']
export type PathwayQuestion = Schemas['QuestionOut']
export type ScopeList = Schemas['ScopeListOut']
export type Criterion = Schemas['ScopeCriterionOut']
export type Proposal = Schemas['UrgencyProposalOut']
export type CareRequest = Schemas['CareRequestOut']
export type TriageDecision = Schemas['TriageDecisionOut']
export type Verdict = Criterion['verdict']
export type Outcome = DecisionBody['outcome']
export type Counterfactual = NonNullable<DecisionBody['counterfactual']>
export type ChangeCode = NonNullable<DecisionBody['change_reason']>['code']
export type AlarmSignal = NonNullable<DecisionBody['alarm_signals']>[number]
export type RiskGroup = NonNullable<DecisionBody['risk_groups']>[number]
export type Competence = NonNullable<DecisionBody['required_competences']>[number]
export type Channel = NonNullable<CareRequestBody['channel']>
export type Relation = CareRequestBody['caller']['relation']
export type AbcdKey = keyof Schemas['AbcdShape']
export type AbcdAnswer = Schemas['AbcdShape']['airway']
export type IntakeDraft = Schemas['DraftOut']

export type Handover = Schemas['HandoverOut']
export type Closing = Schemas['ClosingOut']

export type PlannedBody = Body<'/visits', 'post'>
export type AssignmentBody = Body<'/visits/{visit_id}/assignments', 'post'>
export type Override = NonNullable<AssignmentBody['override_reason']>
export type BreakBody = Body<'/shifts/{shift_id}/breaks', 'post'>
export type BreakTimesBody = Body<'/breaks/{break_id}', 'put'>
export type BreakNowBody = Body<'/shifts/{shift_id}/break-now', 'post'>
export type PlanBody = Body<'/nights/{night_id}/proposals', 'post'>
export type PinBody = Body<'/clients/{client_id}/pin', 'post'>
export type ProvisionalClientBody = Body<'/clients/provisional', 'post'>
export type DraftBody = Body<'/intake-drafts/{draft_id}', 'put'>['body']
export type CareRequestBody = Body<'/care-requests', 'post'>
export type UrgencyProposalBody = Body<'/urgency-proposals', 'post'>
export type DecisionBody = Body<'/care-requests/{care_request_id}/triage-decisions', 'post'>
