// Enhancements only: every page works without this file.
import { CharacterCount, Checkboxes, ErrorSummary, createAll } from 'govuk-frontend'
import { preventDoubleSubmit } from './double-submit.js'
import { warnAboutUnsavedChanges } from './unsaved-changes.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')

createAll(CharacterCount)
createAll(Checkboxes)
createAll(ErrorSummary)

warnAboutUnsavedChanges(document.querySelector('form[data-warn-unsaved]'))
preventDoubleSubmit(document)
