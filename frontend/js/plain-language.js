// While somebody writes what the public will read, hints about the wording appear below the box. They refuse nothing;
// without script they appear when the section is opened again.

const PAUSE = 1200

export function hintWhileWriting (form) {
  if (!form) return
  const token = form.elements.namedItem('csrf_token').value

  for (const place of form.querySelectorAll('.app-hints')) {
    const group = place.closest('.govuk-form-group')
    let waiting
    group.addEventListener('input', () => {
      window.clearTimeout(waiting)
      waiting = window.setTimeout(() => show(place, group, form.dataset.hints, token), PAUSE)
    })
  }
}

async function show (place, group, address, token) {
  const text = [...group.querySelectorAll('textarea, input[type=text]')].map((box) => box.value).join('\n\n')
  const answer = await ask(address, text, token)
  if (!answer) return
  const entries = answer.hints.map((hint) => {
    const entry = document.createElement('p')
    entry.className = 'app-hint'
    entry.textContent = hint
    return entry
  })
  place.replaceChildren(...entries)
}

async function ask (address, text, token) {
  try {
    const answer = await window.fetch(address, {
      method: 'POST',
      body: new URLSearchParams({ text, csrf_token: token }),
      headers: { Accept: 'application/json' },
      redirect: 'manual'
    })
    return answer.ok ? await answer.json() : null
  } catch {
    return null // no connection: hints are no more than help
  }
}
