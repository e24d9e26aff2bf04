// What is typed in a section is kept on the server while somebody writes, unsaved, for them alone. Without script
// nothing of this happens, and nothing is missing: the form is saved with its buttons.

const PAUSE = 2000
const RETRY = 15000
const KEEPALIVE_LIMIT = 60000

export function keepDrafts (form) {
  if (!form) return
  const words = form.querySelector('[data-draft-status]')
  const says = words.querySelector('[role=status]')
  const wayIn = words.querySelector('.app-kept__way')
  let waiting
  let edits = 'changed' in form.dataset ? 1 : 0 // a page that came back unsaved is worth keeping as it stands
  let keptEdits = 0
  let underway = null
  let stopped = false

  if (edits) later(PAUSE)
  form.addEventListener('input', () => {
    edits += 1
    delete form.dataset.kept
    later(PAUSE)
  })
  form.addEventListener('change', () => later(0))
  form.addEventListener('focusout', () => later(0))
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') keep({ leaving: true })
  })
  window.addEventListener('focus', () => keep())
  window.addEventListener('pagehide', () => keep({ leaving: true }))
  window.addEventListener('online', () => keep())
  form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return
    stopped = true
    window.clearTimeout(waiting)
    if (underway) underway.abort()
  })
  window.addEventListener('pageshow', () => { stopped = false })

  function later (pause) {
    window.clearTimeout(waiting)
    waiting = window.setTimeout(() => keep(), pause)
  }

  async function keep ({ leaving = false } = {}) {
    window.clearTimeout(waiting)
    if (stopped || edits === keptEdits) return
    if (underway && !leaving) return later(PAUSE)
    const sent = edits
    underway = new AbortController()
    const outcome = await send(form, leaving, underway.signal)
    underway = null
    if (stopped) return
    if (outcome.kept) {
      keptEdits = sent
      if (edits === sent) form.dataset.kept = 'yes'
      else later(PAUSE)
    } else if (outcome.why === 'offline') {
      later(RETRY)
    }
    show(outcome)
  }

  function show (outcome) {
    const text = outcome.kept ? words.dataset.kept.replace('{time}', outcome.time) : words.dataset[outcome.why]
    if (says.textContent !== text) says.textContent = text
    words.classList.toggle('app-kept--not', !outcome.kept)
    if (wayIn) wayIn.hidden = outcome.why !== 'signedOut'
  }
}

// One try; and a second with a new token, when the first was refused only because the session is a new one.
async function send (form, leaving, signal) {
  const first = await post(form, leaving, signal)
  if (first.why !== 'signedOut' || leaving) return first
  return await renewToken(form, signal) ? post(form, leaving, signal) : first
}

async function post (form, leaving, signal) {
  const body = new URLSearchParams(new FormData(form))
  const keepalive = leaving && body.toString().length < KEEPALIVE_LIMIT
  try {
    const answer = await window.fetch(form.dataset.draftUrl, { method: 'POST', body, redirect: 'manual', keepalive, signal })
    if (answer.status === 204) {
      return { kept: true, time: decodeURIComponent(answer.headers.get('Pia-Kept-At') || '') }
    }
    if (answer.type === 'opaqueredirect') return { kept: false, why: 'signedOut' }
    return { kept: false, why: answer.status >= 500 || answer.status === 429 ? 'offline' : 'refused' }
  } catch {
    return { kept: false, why: 'offline' }
  }
}

// After signing in again in another tab this page's form belongs to the session before; a new token mends that.
async function renewToken (form, signal) {
  try {
    const answer = await window.fetch(form.dataset.draftTokenUrl, { redirect: 'manual', signal })
    if (!answer.ok) return false
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const token = page.querySelector('main input[name=csrf_token]')
    if (!token) return false
    for (const field of document.querySelectorAll('input[name=csrf_token]')) field.value = token.value
    return true
  } catch {
    return false
  }
}
