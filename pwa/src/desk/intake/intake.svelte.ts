/** One question at the desk, from the first word to the decision. Holds the form, saves it, and asks the server for a proposal. */
import { Problem } from '$shared/api'
import { untrack } from 'svelte'
import { api } from '../server/api'
import { fieldError } from '../server/nl'
import type { CareRequest, Client, Competence, LookBack, Proposal } from '../server/types'
import { fieldErrors } from '../parts/field-errors'
import { Autosave, type SaveState } from './autosave'
import { catalogue, pathwayFor, rulesFor, type Catalogue } from './catalogue'
import {
  abcdBody,
  chooseClient,
  decisionBody,
  isWorthKeeping,
  missingForDecision,
  missingForRequest,
  needsEmergency,
  provisionalBody,
  requestBody,
  type IntakeForm,
  type Missing,
} from './form'

const PROPOSE_MS = 300
const CLAIM_MS = 30_000
const TARGETS: Record<string, string> = { refer_gp_post: 'Huisartsenpost', refer_crisis_team: 'GGZ-crisisdienst' }

export class Intake {
  form: IntakeForm = $state()!
  all = $state.raw<Catalogue | null>(null)
  client = $state.raw<Client | null>(null)
  lookBack = $state.raw<LookBack | null>(null)
  lookBackFailed = $state(false)
  proposal = $state.raw<Proposal | null>(null)
  /** Earlier calls that are probably about the same thing. */
  links = $state.raw<CareRequest['suggested_links']>([])
  /** A colleague who took this question before we did. */
  takenBy = $state('')
  saving = $state<SaveState>('clean')
  busy = $state(false)
  errors = $state<Record<string, string>>({})
  refusal = $state('')
  pathway = $derived(pathwayFor(this.all, this.form.entry_complaint))
  rules = $derived(
    rulesFor(this.all?.scope ?? null, this.form.entry_complaint, this.proposal?.suggested_criterion_ids ?? []),
  )
  rule = $derived(this.rules.find((rule) => rule.id === this.form.criterion_id) ?? null)
  isEmergency = $derived(needsEmergency(this.form))

  private autosave: Autosave
  private proposeTimer: ReturnType<typeof setTimeout> | undefined
  private claimTimer: ReturnType<typeof setInterval> | undefined
  private proposed = ''
  private hasComplained = false
  private proposeNumber = 0

  constructor(form: IntakeForm) {
    this.form = form
    this.autosave = new Autosave({
      save: (body) => api.saveDraft(this.form.request_id, body),
      setTimeout: (run, ms) => setTimeout(run, ms),
      clearTimeout: (timer) => clearTimeout(timer as number),
      onState: (state) => (this.saving = state),
    })
    this.autosave.startFrom($state.snapshot(form))
  }

  async open(): Promise<void> {
    if (this.form.reference !== null) {
      this.claim()
      void api
        .careRequest(this.form.request_id)
        .then((request) => (this.links = request.suggested_links))
        .catch(() => undefined)
    }
    await Promise.all([this.readCatalogue(), this.readClient()])
  }

  async readCatalogue(): Promise<void> {
    try {
      this.all = await catalogue()
    } catch (error) {
      this.refusal = error instanceof Error ? error.message : ''
    }
  }

  /** Called on every change of the form: save it, and see whether the proposal may have changed. */
  changed(): void {
    const body = $state.snapshot(this.form)
    if (this.hasComplained) untrack(() => this.soften())
    if (isWorthKeeping(body)) this.autosave.touch(body)
    const { entry_complaint, client_id, abcd, answers, alarm_signals, risk_groups } = body
    const question = JSON.stringify({ entry_complaint, client_id, abcd, answers, alarm_signals, risk_groups })
    if (entry_complaint === '' || question === this.proposed) return
    this.proposed = question
    clearTimeout(this.proposeTimer)
    this.proposeTimer = setTimeout(() => void this.propose(), PROPOSE_MS)
  }

  hasUnsaved(): boolean {
    return this.autosave.hasUnsaved()
  }

  async pickClient(id: string): Promise<void> {
    this.form.client_id = id
    await this.readClient()
    if (this.client !== null) chooseClient(this.form, this.client)
  }

  dropClient(): void {
    this.form.client_id = null
    this.form.client_label = null
    this.form.contact_72h_checked = false
    this.client = null
    this.lookBack = null
  }

  private async readClient(): Promise<void> {
    const id = this.form.client_id
    if (id === null) return
    this.lookBackFailed = false
    const [client, lookBack] = await Promise.allSettled([
      api.client(id),
      api.lookBack(id, this.form.reference ? this.form.request_id : null),
    ])
    if (this.form.client_id !== id) return
    if (client.status === 'fulfilled') {
      this.client = client.value
      // A question that is taken up again starts from what is known of the client, never over it.
      if (this.form.funding_law === 'unknown') this.form.funding_law = client.value.funding_law
    }
    if (lookBack.status === 'rejected') {
      this.lookBackFailed = true
      return
    }
    this.lookBack = lookBack.value
    this.form.contact_72h_checked = true
    if (lookBack.value.is_second_contact && !this.form.alarm_signals.includes('second_contact')) {
      this.form.alarm_signals.push('second_contact')
    }
  }

  /** The server now judges this more urgent than what was shown: show that, with its reasons, before anything is decided. */
  private async proposeAgain(): Promise<void> {
    this.refusal = fieldError('proposal_changed')
    clearTimeout(this.proposeTimer)
    await this.propose()
  }

  /** The last question asked wins; a slow older answer is not shown. */
  private async propose(): Promise<void> {
    const number = (this.proposeNumber += 1)
    const { entry_complaint, client_id, abcd, answers, alarm_signals, risk_groups } = $state.snapshot(this.form)
    try {
      const about = this.form.reference ? { care_request_id: this.form.request_id } : client_id ? { client_id } : {}
      const body = { entry_complaint, ...about, abcd: abcdBody({ abcd }), answers, alarm_signals, risk_groups }
      const proposal = await api.propose(body)
      if (number === this.proposeNumber) this.take(proposal)
    } catch {
      // Without a proposal the triagist still decides: the urgency can always be set by hand.
      if (number === this.proposeNumber) this.proposed = ''
    }
  }

  private take(proposal: Proposal): void {
    const { form } = this
    const follows = form.final_urgency === '' || form.final_urgency === form.proposed_urgency
    this.proposal = proposal
    form.proposed_urgency = proposal.proposed_urgency
    if (follows) form.final_urgency = proposal.proposed_urgency
    if (form.criterion_id === '' && proposal.suggested_criterion_ids[0])
      this.chooseRule(proposal.suggested_criterion_ids[0])
    // What the answers ask for is added; what the triagist ticked or changed stays.
    const suggested = proposal.suggested_competences as Competence[]
    form.required_competences = [...new Set([...form.required_competences, ...suggested])]
    form.service_minutes ??= proposal.suggested_service_minutes
    form.cars_needed = Math.max(form.cars_needed, proposal.suggested_cars_needed)
  }

  chooseRule(id: string): void {
    this.form.criterion_id = id
    const rule = this.all?.scope.criteria.find((item) => item.id === id)
    this.form.verdict = rule?.verdict ?? ''
    if (rule?.alternative && this.form.alternative === '') this.form.alternative = rule.alternative
  }

  chooseOutcome(outcome: IntakeForm['outcome']): void {
    const { form } = this
    form.outcome = outcome
    // At a visit the nurse says afterwards what would have happened; until then it is honestly unknown.
    if (outcome === 'visit' && form.counterfactual === '') form.counterfactual = 'unknown'
    if (outcome === 'emergency_call' && form.counterfactual === '') form.counterfactual = 'ambulance'
    if (outcome === 'phone_advice' && form.safety_net === '') form.safety_net = this.pathway?.safety_net.join(' ') ?? ''
    if (outcome === 'visit') form.service_minutes ??= this.pathway?.service_minutes ?? 30
    const target = this.usualTarget(outcome)
    if (form.referral_target === '' || Object.values(TARGETS).includes(form.referral_target))
      form.referral_target = target
    if ((outcome === 'refer_own_gp' || outcome === 'refer_own_organisation') && form.not_reached_reason === '') {
      form.not_reached_reason = "'s nachts niet bereikbaar; leest het morgenochtend"
    }
  }

  private usualTarget(outcome: IntakeForm['outcome']): string {
    if (outcome === 'refer_own_gp') return this.client?.gp_name ?? 'Eigen huisarts'
    if (outcome === 'refer_own_organisation') return this.client?.organisation?.name ?? 'Eigen organisatie'
    return TARGETS[outcome] ?? ''
  }

  private async guarded<T>(act: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined
    this.busy = true
    this.refusal = ''
    try {
      return await act()
    } catch (error) {
      this.refusal = error instanceof Error ? error.message : 'Dit lukte niet.'
      if (error instanceof Problem) {
        this.errors = { ...this.errors, ...fieldErrors(error.errors) }
        if (error.errors['proposed_urgency']?.includes('proposal_changed')) await this.proposeAgain()
      }
      return undefined
    } finally {
      this.busy = false
    }
  }

  private complain(missing: Missing[]): boolean {
    this.errors = Object.fromEntries(missing.map(({ field, code }) => [field, fieldError(code)]))
    this.hasComplained = missing.length > 0
    return this.hasComplained
  }

  /** What was filled in since is no longer complained about; nothing new is added while somebody types. */
  private soften(): void {
    const missing = new Set(
      [...missingForRequest(this.form), ...missingForDecision(this.form)].map(({ field }) => field),
    )
    const left = Object.entries(this.errors).filter(([field]) => missing.has(field))
    if (left.length < Object.keys(this.errors).length) this.errors = Object.fromEntries(left)
  }

  /** Gives the question its number. Sending it twice gives the same number. */
  async register(): Promise<boolean> {
    if (this.form.reference !== null) return true
    if (this.complain(missingForRequest(this.form))) return false
    const done = await this.guarded(async () => {
      if (this.form.is_unknown_client) await api.addProvisional(provisionalBody(this.form))
      const answer = await api.register(requestBody(this.form))
      this.form.reference = answer.reference
      if (this.form.is_unknown_client) {
        this.form.client_id = this.form.unknown.id
        // Only now: with its number the question does not count as earlier contact about itself.
        void this.readClient()
      }
      this.links = answer.suggested_links
      this.claim()
      await this.autosave.flush()
      return true
    })
    return done === true
  }

  /** Registers when that was not done yet, then records the decision. */
  async decide(): Promise<boolean> {
    if (this.isEmergency) {
      this.chooseOutcome('emergency_call')
      // 112 waits for no proposal: an unsafe ABCD is at least U1.
      if (this.form.final_urgency === '') this.form.final_urgency = 'U1'
    }
    if (this.complain([...(this.form.reference ? [] : missingForRequest(this.form)), ...missingForDecision(this.form)]))
      return false
    if (!(await this.register())) return false
    const done = await this.guarded(async () => {
      await api.decide(this.form.request_id, decisionBody(this.form, this.pathway))
      await this.autosave.end()
      await api.dropDraft(this.form.request_id).catch(() => undefined)
      return true
    })
    return done === true
  }

  async discard(): Promise<void> {
    await this.autosave.end()
    await api.dropDraft(this.form.request_id).catch(() => undefined)
  }

  async leave(): Promise<void> {
    clearInterval(this.claimTimer)
    clearTimeout(this.proposeTimer)
    if (this.form.reference !== null) void api.release(this.form.request_id).catch(() => undefined)
    await this.autosave.flush().catch(() => undefined)
  }

  /** "In gesprek met": the others see who has this question in hand, for as long as this screen is open. */
  private claim(): void {
    const once = async () => {
      try {
        const claim = await api.claim(untrack(() => this.form.request_id))
        this.takenBy = claim.is_mine ? '' : claim.name
      } catch {
        // Presence is a courtesy: without it the work goes on.
      }
    }
    void once()
    clearInterval(this.claimTimer)
    this.claimTimer = setInterval(() => void once(), CLAIM_MS)
  }
}
