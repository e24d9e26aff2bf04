// Before somebody leaves a page with text that is not saved, the browser asks. Sending the form is not leaving, and
// neither is it a loss when everything typed was kept.

export function warnAboutUnsavedChanges (form) {
  if (!form) return
  let changed = 'changed' in form.dataset
  let sending = false

  form.addEventListener('input', () => { changed = true })
  form.addEventListener('submit', () => { sending = true })
  window.addEventListener('pageshow', () => { sending = false })
  window.addEventListener('beforeunload', (event) => {
    if (changed && !sending && form.dataset.kept !== 'yes') event.preventDefault()
  })
}
