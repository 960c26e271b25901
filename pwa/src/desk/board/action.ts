/** One thing people do at the desk, said once: its key, its words, whether it may be done now, and doing it. */
export interface Action {
  /** The keys that do it, as the browser names them; of more than one the first and the last are told. */
  keys?: readonly string[]
  /** What the help says of these keys. */
  help?: string
  /** The word behind the key in the line at the foot. */
  hint?: string
  /** Its word in the command bar, what is said there before Enter, and what the help says of the word. */
  command?: { word: string; preview: string; help?: string }
  /** May it now? What does not say so always may. */
  isPossible?: boolean
  run: (key: string) => unknown
}

/** Does it, unless it may not now. */
export function perform(action: Action, key = ''): void {
  if (action.isPossible ?? true) action.run(key)
}

const CAPS: Record<string, string> = { Enter: '↵', Escape: 'Esc' }
/** Its keys as they are printed on the keyboard. */
export function caps({ keys = [] }: Action, dash = ' – '): string {
  const ends = keys.length > 1 ? [keys[0]!, keys.at(-1)!] : keys
  return ends.map((key) => CAPS[key] ?? key.toUpperCase()).join(dash)
}

/** What makes a button of it: `<button {...press(action)}>`. */
export const press = (action: Action) => ({
  onclick: () => perform(action),
  disabled: action.isPossible === false,
  'aria-keyshortcuts': action.keys && caps(action),
})
