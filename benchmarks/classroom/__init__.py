"""A class at once: students on a real JupyterHub, each with a server of their own, who all run a lesson at the same time."""
