export {}; declare const __PRECACHE__: string[]; declare const __VERSION__: string; console.log(__PRECACHE__, __VERSION__)
