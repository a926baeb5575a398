"""The product's settings over servers and data that belong to the proofs alone; nothing else reads this."""

import os
from pathlib import Path

from config import embedded, state

# Whatever a developer has set: the proofs empty the database that they run on.
for name in ("DATABASE_URL", "REDIS_URL", "GROQ_API_KEY", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SENTRY_DSN"):
    os.environ.pop(name, None)
home = Path(state.folder()) / "chaos"
home.mkdir(mode=0o711, exist_ok=True)
os.environ["STATE_DIR"] = str(home)
# Said outright, so that no process asks the keeper: who pulls the servers' plugs has to run them.
os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = embedded.database_url(), embedded.redis_url()
os.environ |= {"DEBUG": "0", "SECRET_KEY": "of-the-proofs-alone", "LOG_LEVEL": "ERROR"}

from config.settings import *  # noqa: E402, F403
