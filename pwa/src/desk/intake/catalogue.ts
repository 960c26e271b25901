/** What the desk looks up once a night: complaints, pathways and the meetlat. */
import { api } from '../server/api'
import type { Criterion, EntryComplaint, Pathway, ScopeList } from '../server/types'

export interface Catalogue {
  complaints: EntryComplaint[]
  pathways: Pathway[]
  scope: ScopeList
}

let known: Promise<Catalogue> | null = null

export function catalogue(): Promise<Catalogue> {
  known ??= Promise.all([api.entryComplaints(), api.pathways(), api.scopeList()]).then(
    ([complaints, pathways, scope]) => ({
      complaints: complaints.entry_complaints,
      pathways: pathways.pathways,
      scope,
    }),
  )
  known.catch(() => {
    known = null
  })
  return known
}

export function pathwayFor(all: Catalogue | null, complaint: string): Pathway | null {
  if (all === null || complaint === '') return null
  const id = all.complaints.find((item) => item.code === complaint)?.pathway_id
  return all.pathways.find((item) => item.id === id || item.entry_complaints.includes(complaint)) ?? null
}

/** Rules in the order in which they probably apply: suggested, then of this complaint, then the rest by number. */
export function rulesFor(scope: ScopeList | null, complaint: string, suggested: string[]): Criterion[] {
  if (scope === null) return []
  const rank = (rule: Criterion) => {
    if (suggested.includes(rule.id)) return suggested.indexOf(rule.id)
    return rule.entry_complaints.includes(complaint) ? 100 : 200
  }
  return [...scope.criteria].sort((a, b) => rank(a) - rank(b) || a.number - b.number)
}
