#!/usr/bin/env python
"""Django's command line. Starts the embedded servers around a command that needs them."""

import os
import sys

from config import embedded


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    try:
        with embedded.servers_for(sys.argv):
            execute_from_command_line(sys.argv)
    except embedded.ServersError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
