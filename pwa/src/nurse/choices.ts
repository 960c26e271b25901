/** What the chips of the report and the details of a visit are called. */
export const SIGNAL_WORDS: Record<string, string> = {
  second_contact: 'tweede contact',
  severe_pain_fear: 'hevige pijn of angst',
  rapid_decline: 'snel slechter',
  gut_feeling: 'niet-pluisgevoel',
}

export const ORDER_SOURCES: [string, string][] = [
  ['standing', 'Doorlopende opdracht'],
  ['gp_phone', 'Huisarts, telefonisch'],
  ['gp_post', 'Huisartsenpost'],
  ['specialist', 'Specialist'],
]
export const SOLVED: ['yes' | 'partly' | 'no', string][] = [
  ['yes', 'Ja'],
  ['partly', 'Deels'],
  ['no', 'Nee'],
]
export const NEEDED: [string, string][] = [
  ['none', 'Niemand'],
  ['own_gp', 'Eigen huisarts'],
  ['own_organisation', 'Eigen organisatie'],
  ['gp_post', 'Huisartsenpost'],
  ['emergency', '112'],
]
export const OTHERWISE: [string, string][] = [
  ['unknown', 'Weet ik niet'],
  ['none', 'Niets'],
  ['gp_post', 'Huisartsenpost'],
  ['emergency_department', 'Spoedeisende hulp'],
  ['ambulance', 'Ambulance'],
  ['own_gp', 'Eigen huisarts'],
  ['own_organisation', 'Eigen organisatie'],
]
export const OWNERS: ['own_organisation' | 'own_gp' | 'desk', string][] = [
  ['own_organisation', 'Organisatie'],
  ['own_gp', 'Huisarts'],
  ['desk', 'Centrale'],
]
export const ACCESS_RESULTS = [
  'Sleutelkluis werkte',
  'Deur werd opengedaan',
  'Sleutel bij iemand gehaald',
  'Code werkte niet',
  'Niemand thuis',
]
