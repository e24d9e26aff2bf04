"""Documents: from a report to a signed, archival, accessible PDF, and back to who signed it."""
