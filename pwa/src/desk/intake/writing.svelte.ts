/** The question that is being written at this desk, if any, and the ones that were left half done. */
import { uuid7 as newId } from '$shared/uuid7'
import type { Action } from '../board/action'
import { board } from '../board/board.svelte'
import { api } from '../server/api'
import type { IntakeDraft } from '../server/types'
import { emptyForm, fromDraft, type IntakeForm } from './form'

class Writing {
  form = $state<IntakeForm | null>(null)
  drafts = $state.raw<IntakeDraft[]>([])

  blank(): IntakeForm {
    return emptyForm(() => newId(), new Date(board.now).toISOString())
  }
  /** A new question, or the one that was already open. */
  start(): void {
    this.form ??= this.blank()
  }
  resume(draft: IntakeDraft): void {
    this.form = { ...fromDraft(draft.body, this.blank()), request_id: draft.id }
  }
  close(): void {
    this.form = null
  }

  async readDrafts(): Promise<void> {
    try {
      this.drafts = (await api.drafts()).drafts
    } catch {
      // Drafts are offered again at the next start; the board matters more.
    }
  }
}

export const writing = new Writing()

export const newQuestion: Action = {
  keys: ['n'],
  hint: 'nieuw',
  help: 'nieuwe zorgvraag',
  command: { word: 'nieuw', preview: 'nieuwe zorgvraag' },
  run: () => writing.start(),
}
