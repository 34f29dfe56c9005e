"""What authors need: sources to notebooks, and the checks that keep lessons in order.

Learners never import this package, and `lmcourse` never does. `python -m authoring --help`
lists the commands; `docs/authoring.md` tells how a lesson is written.
"""
