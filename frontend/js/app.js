// Enhancements only: every page works without this file.
import { CharacterCount, Checkboxes, ErrorSummary, createAll } from 'govuk-frontend'
import { keepDrafts } from './autosave.js'
import { hintWhileWriting } from './plain-language.js'
import { preventDoubleSubmit } from './double-submit.js'
import { warnAboutUnsavedChanges } from './unsaved-changes.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')

createAll(CharacterCount)
createAll(Checkboxes)
createAll(ErrorSummary)

keepDrafts(document.querySelector('form[data-draft-url]'))
warnAboutUnsavedChanges(document.querySelector('form[data-warn-unsaved]'))
preventDoubleSubmit(document)
hintWhileWriting(document.querySelector('form[data-hints]'))
