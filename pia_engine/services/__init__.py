"""Use cases: one function per thing a person can do. They take a session, an actor and a time; they never commit."""
