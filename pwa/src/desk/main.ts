import '$tokens'
import '$shared/base.css'
import './desk.css'
import './print.css'
import { colourTheBrowser } from '$shared/theme'
import { mount } from 'svelte'
import App from './App.svelte'
import { teachSentences } from './server/nl'

teachSentences()
colourTheBrowser()
mount(App, { target: document.getElementById('app')! })
