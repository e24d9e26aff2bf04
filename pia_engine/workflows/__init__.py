"""The life of each record as a table: statuses, actions, who owns what. Plain Python, no records, no people."""
