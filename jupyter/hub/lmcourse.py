"""Settings of a JupyterHub on which a class works with the course; docs/teaching/classroom.md says why each is there.

The Littlest JupyterHub: copy this file into /opt/tljh/config/jupyterhub_config.d/ and say `sudo tljh-config reload hub`.
Any other JupyterHub: write load_subconfig("/opt/lmcourse/jupyter/hub/lmcourse.py") into its jupyterhub_config.py.
"""

import secrets

c = get_config()  # noqa: F821 (JupyterHub brings it)

# Small networks are fastest on one thread, and thirty kernels on all threads each would bring any machine to a halt.
c.Spawner.environment.update(dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))

# A guard against a runaway cell and no reservation: a server takes about 0.15 GB, each open lesson up to 0.5 GB more.
# Spawners that can hold a student to it do (systemd in The Littlest JupyterHub, containers); local processes cannot.
c.Spawner.mem_limit = "2G"

# A class comes in the same minute: on few cores the last server needs longer than JupyterHub's 60 and 30 seconds.
c.Spawner.start_timeout = 300
c.Spawner.http_timeout = 300

# Servers on one machine draw their kernels' ports from one pot: of 44 that began together, one or two drew a port that another
# had drawn, and their kernels died. Files cannot collide. Their path must be short (107 letters), and nobody may guess it.
c.Spawner.args.append("--KernelManager.transport=ipc")
c.Spawner.environment.update({"JUPYTER_RUNTIME_DIR": lambda spawner: f"/tmp/jupyter-{secrets.token_hex(8)}"})
