"""Who may do what: roles, the permission table, and what a record allows. Sentences instead of bare refusals."""
