"""What the labs that listen and send nothing share (needs nothing but Python): a port, and settings of a whole daemon."""
import os, socket


def free_port():
    """A port of this machine that nobody listens on now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def settings(folder, sources, product="Kettle"):
    """Writes settings with these `[[source]]` tables and rules about one product, found by its name; gives their path."""
    path = os.path.join(folder, "groundswell.toml")
    with open(path, "w") as f:
        f.write(f'''
[data]
folder = "{folder}/data"
[rules]
folder = "{folder}/rules"
[mail]
transport = "spool"
from = "groundswell <groundswell@example.org>"
[mail.spool]
folder = "{folder}/mail"
{sources}''')
    os.makedirs(f"{folder}/rules")
    name = product.lower().replace(" ", "-")
    with open(f"{folder}/rules/{name}.toml", "w") as f:
        f.write(f'[product]\nid = "{name}"\nname = "{product}"\nmatch = \'"{product.lower()}"\'\nteam = "t"\n')
    with open(f"{folder}/rules/teams.toml", "w") as f:
        f.write('[team.t]\nemail = ["t@example.org"]\nfalse_alarms_a_year = 4\n')
    return path
