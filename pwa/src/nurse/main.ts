import '$tokens'
import '$shared/base.css'
import './nurse.css'
import { colourTheBrowser } from '$shared/theme'
import { mount } from 'svelte'
import App from './App.svelte'

colourTheBrowser()
mount(App, { target: document.getElementById('app')! })
