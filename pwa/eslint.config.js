/** What a reader would otherwise have to remember: who may import whom, and the usual traps of TypeScript and Svelte. */
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'

/** A boundary: these files never import what these patterns match, and the sentence says why. */
const never = (files, ignores, ...patterns) => ({
  files,
  ignores,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
})

// components are the files with a capital; `night.svelte` is a store, night.svelte.ts
const components = {
  regex: '(^|/)[A-Z]\\w*\\.svelte$',
  caseSensitive: true,
  message: 'Stores and rules never import components.',
}
const desk = { regex: '(^|/)desk/', message: 'The phone downloads nothing of the desk.' }
const nurse = { regex: '(^|/)nurse/', message: 'The desk takes nothing from the phone.' }
const apps = { regex: '(^|/)(desk|nurse)/', message: 'What both share knows neither of them.' }

// the rooms of the desk in the order in which they may know each other; App and what mounts it stand above them
const ROOMS = ['server', 'board', 'parts', 'intake', 'queue', 'plan', 'cars', 'visit', 'night', 'keys']
const above = (room) => ({
  regex: `^\\.\\./((${ROOMS.slice(ROOMS.indexOf(room) + 1).join('|')})/|(?!builders$)[^/]+$)`,
  message: `In the desk the order is ${ROOMS.join(' < ')} < App.`,
})

// the last one that fits a file is the one that holds: a store keeps to the boundary of its app as well
const STORES = ['ts', 'svelte.ts'].map((kind) => `**/*.${kind}`)
const MOUNTS = ['src/*/main.ts', 'src/nurse/screens/later.ts', '**/*.test.ts']

export default ts.config(
  { ignores: ['node_modules/', 'src/shared/schema.d.ts'] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node, ...globals.serviceworker } } },
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] },
    },
    files: ['src/**/*.ts', 'src/**/*.svelte'],
    // a promise that nobody waits for is a fault that nobody hears of: `void` says that it was meant
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // sets that live within one function are not looked at by a component
      'svelte/prefer-svelte-reactivity': 'off',
      // a space that must be there: Prettier breaks lines around it
      'svelte/no-useless-mustaches': 'off',
    },
  },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  never(['src/nurse/**'], [], desk),
  never(['src/desk/**'], [], nurse),
  never(['src/shared/**'], [], apps),
  never(
    STORES.map((one) => `src/nurse/${one}`),
    MOUNTS,
    desk,
    components,
  ),
  never(
    STORES.map((one) => `src/desk/${one}`),
    MOUNTS,
    nurse,
    components,
  ),
  ...ROOMS.flatMap((room) => [
    never([`src/desk/${room}/*.svelte`], [], nurse, above(room)),
    never([`src/desk/${room}/*.ts`], MOUNTS, nurse, components, above(room)),
  ]),
)
