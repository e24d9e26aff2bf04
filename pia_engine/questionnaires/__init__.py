"""Questions as data: what is asked, of whom, when it applies and what follows. No Flask, no database."""
