/** Whether somebody is typing in the command bar. */
export const bar = $state({ isOpen: false })
