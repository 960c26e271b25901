declare module '$tokens'
