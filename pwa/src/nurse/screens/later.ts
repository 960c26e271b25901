/** All that the first screen does not need, in one file: fetched right after it. */
export { recheck } from '../device/push'
export { default as bell } from '../parts/BellRow.svelte'
export { default as call } from '../parts/CallSheet.svelte'
export { default as route } from '../parts/NavigateSheet.svelte'
export { default as report } from './ReportScreen.svelte'
export { default as sent } from './Sent.svelte'
export { default as settings } from './Settings.svelte'
export { default as visit } from './VisitScreen.svelte'
