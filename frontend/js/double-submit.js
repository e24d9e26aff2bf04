// A second press of a button while the first is under way does nothing, so that nothing is done twice.

const RELEASE_AFTER = 8000

export function preventDoubleSubmit (page) {
  const underway = new WeakSet()

  page.addEventListener('submit', (event) => {
    const form = event.target
    if (event.defaultPrevented || form.method !== 'post') return
    if (underway.has(form)) {
      event.preventDefault()
      return
    }
    underway.add(form)
    // A download or a failed connection leaves the page standing: let the person try again.
    window.setTimeout(() => underway.delete(form), RELEASE_AFTER)
    window.addEventListener('pageshow', () => underway.delete(form), { once: true })
  })
}
