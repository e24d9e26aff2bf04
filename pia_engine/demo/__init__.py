"""The demo city: the fictional City of Aldermere, brought to life by driving the real services as its people.

Its facts come from public sources named in each file under `aldermere/`; people, vendors and decisions are invented.
"""
