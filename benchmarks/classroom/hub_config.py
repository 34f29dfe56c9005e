"""The JupyterHub of the load test: the settings that the course publishes, on this machine alone, for invented students."""

import json
import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 (JupyterHub brings it)
given = json.loads(os.environ["LMCOURSE_LOAD_TEST"])
repository, folder = Path(given["repository"]), Path(given["folder"])

load_subconfig(str(repository / "jupyter" / "hub" / "lmcourse.py"))  # noqa: F821

c.JupyterHub.bind_url = given["address"]
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{given['hub_port']}"
c.JupyterHub.db_url = f"sqlite:///{folder / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(folder / "cookie_secret")
c.JupyterHub.cleanup_servers = True
c.JupyterHub.log_level = "WARN"
c.ConfigurableHTTPProxy.command = [given["proxy"]]
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{given['proxy_port']}"
c.ConfigurableHTTPProxy.pid_file = str(folder / "proxy.pid")

# Whoever comes is a student; all run as the user who started the test, each in a home folder of their own.
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(folder / "homes" / "{username}")
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.args.append("--ServerApp.jpserver_extensions={'jupyterlab_jupytext': False}")
if hasattr(os, "geteuid") and os.geteuid() == 0:
    c.Spawner.args.append("--allow-root")
c.Spawner.environment.update({"JUPYTER_CONFIG_PATH": str(repository / "jupyter"), "PYTHONPATH": str(repository)})

# The load test itself, which makes the students and starts their servers.
c.JupyterHub.services = [{"name": "load-test", "api_token": given["token"]}]
scopes = ["admin:users", "admin:servers", "access:servers", "list:users"]
c.JupyterHub.load_roles = [{"name": "load-test", "scopes": scopes, "services": ["load-test"]}]
