/** Dutch names for what the server calls by a code. Apart from nl.ts, so that a page loads only the lists that it shows. */
export const ACCESS_WORDS: Record<string, string> = {
  code_safe: 'Sleutelkluis',
  key_holder: 'Sleutel bij iemand',
  electronic_lock: 'Elektronisch slot',
  opens_door: 'Doet zelf open',
  unknown: 'Toegang onbekend',
}

export const RELATION_WORDS: Record<string, string> = {
  client: 'cliënt zelf',
  informal_carer: 'mantelzorger',
  nurse: 'verpleegkundige',
  gp: 'huisarts',
  gp_post: 'huisartsenpost',
  mka: 'meldkamer',
  alarm_centre: 'alarmcentrale',
  other: 'anders',
}

export const OUTCOME_WORDS: Record<string, string> = {
  phone_advice: 'telefonisch advies',
  visit: 'bezoek',
  emergency_call: '112',
  refer_gp_post: 'naar de huisartsenpost',
  refer_crisis_team: 'naar de GGZ-crisisdienst',
  refer_own_gp: 'naar de eigen huisarts',
  refer_own_organisation: 'naar de eigen organisatie',
  not_night_care: 'geen nachtzorg',
}

export const PROCEDURE_WORDS: Record<string, string> = {
  bladder_catheter: 'blaaskatheter',
  suprapubic_catheter: 'suprapubische katheter',
  injection_sc: 'onderhuids injecteren',
  injection_im: 'in de spier injecteren',
  infusion: 'infuus',
  stoma_care: 'stomazorg',
  wound_care: 'wondzorg',
  tube_feeding: 'sondevoeding',
  insulin: 'insuline',
  palliative_pump: 'palliatieve pomp',
  fall_assessment: 'beoordelen na een val',
  two_person_lift: "tillen met z'n tweeën",
}
