"""The container files: what they name exists, what has to be protected is, and their commands run.

There is no container engine here: the files are parsed, and the commands are run as they stand in them.
"""

import importlib.util
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command, get_commands

from config import heartbeats, state

COMPOSE: dict[str, Any] = yaml.safe_load((state.PROJECT / "compose.yaml").read_text())
DOCKERFILE = (state.PROJECT / "Dockerfile").read_text()
EXAMPLE = (state.PROJECT / ".env.example").read_text()
SETTINGS = (state.PROJECT / "config" / "settings.py").read_text()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "web", "worker-turns", "worker-delivery", "beat")
RUNNING = [name for name in SERVICES if name != "migrate"]
# Of a trial or of the tests alone: stand-ins for Groq and Twilio.
NOT_IN_PRODUCTION = {"GROQ_BASE_URL", "TWILIO_API_BASE_URL", "DEMO_PASSWORD"}
# Read before or beside the settings.
BESIDE_SETTINGS = {"STATE_DIR", "PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}


def in_settings() -> set[str]:
    return set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", SETTINGS))


def in_image() -> dict[str, str]:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    return dict(pair.split("=", 1) for line in re.findall(r"^ENV (.+)$", last, re.MULTILINE) for pair in line.split())


def command_of(name: str) -> list[str]:
    """Return what a service runs: its own command, or the image's."""
    if command := SERVICES[name].get("command"):
        return list(command)
    found: list[str] = json.loads(DOCKERFILE.rpartition("\nCMD ")[2].replace("\\\n", ""))
    return found


# Names


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_of_the_settings(name: str) -> None:
    named = {*SERVICES[name]["environment"], *in_image()} - BESIDE_SETTINGS
    assert named - in_settings() == set()


def test_every_setting_of_a_production_is_passed_on() -> None:
    """A setting that compose.yaml forgets would silently keep its default."""
    passed = {*SERVICES["web"]["environment"], *in_image(), "PORT"}
    assert in_settings() - passed - NOT_IN_PRODUCTION == set()


def test_example_names_what_compose_reads_and_nothing_else() -> None:
    read = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (state.PROJECT / "compose.yaml").read_text()))
    assert set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE)) == read


def test_every_setting_is_explained() -> None:
    text = "".join((state.PROJECT / name).read_text() for name in ("README.md", "docs/operating.md"))
    assert {name for name in in_settings() if f"`{name}`" not in text} == set()


def test_manual_names_only_what_exists() -> None:
    """W17 and the rest of the manual: its commands, figures, services and settings are those of the product."""
    manual = (state.PROJECT / "docs" / "operating.md").read_text()
    figures = (state.PROJECT / "config" / "metrics.py").read_text()
    assert set(re.findall(r"manage\.py ([a-z_]+)", manual)) - set(get_commands()) == set()
    assert {
        name for name in re.findall(r"sineta_[a-z]+(?:_[a-z]+)*", manual) if name.removesuffix("_total") not in figures
    } == set()
    assert set(re.findall(r"\bworker-[a-z]+", manual)) <= set(SERVICES)
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", manual))
    assert named - in_settings() == set()


# Secrets


def test_no_secret_has_a_default_and_a_missing_one_stops_the_start() -> None:
    text = (state.PROJECT / "compose.yaml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "VALKEY_PASSWORD", "TWILIO_AUTH_TOKEN"):
        uses = re.findall(r"(?<!\$)\$\{" + name + r"\b([^}]*)\}", text)
        assert uses
        assert all(use == ":?set it in .env" for use in uses)
        assert re.search(rf"^{name}=$", EXAMPLE, re.MULTILINE)


def test_no_file_of_secrets_gets_into_the_repository_or_the_image() -> None:
    assert ".env" in (state.PROJECT / ".gitignore").read_text().split()
    assert ".*" in (state.PROJECT / ".dockerignore").read_text().split()


def test_only_the_web_is_reachable_and_only_from_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


# Structure


def test_images_are_of_the_promised_versions() -> None:
    assert (SERVICES["postgres"]["image"], SERVICES["valkey"]["image"]) == ("postgres:18", "valkey/valkey:9")
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["python:3.11-slim"] * 2


@pytest.mark.parametrize("name", RUNNING)
def test_everything_that_runs_is_watched_and_started_again(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == "unless-stopped"
    assert {"test", "interval", "timeout", "retries", "start_period"} <= set(service["healthcheck"])


@pytest.mark.parametrize("name", ["web", "worker-turns", "worker-delivery", "beat"])
def test_nothing_starts_before_servers_and_migrations_are_ready(name: str) -> None:
    conditions = {other: wish["condition"] for other, wish in SERVICES[name]["depends_on"].items()}
    healthy = {"postgres": "service_healthy", "valkey": "service_healthy"}
    assert conditions == healthy | {"migrate": "service_completed_successfully"}


@pytest.mark.parametrize("name", OURS)
def test_our_containers_are_read_only_and_without_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert service["volumes"] == ["state:/state"]
    assert in_image()["STATE_DIR"] == "/state"


def test_image_runs_as_somebody_else_and_holds_its_static_files() -> None:
    build, _, final = DOCKERFILE.partition("FROM python:3.11-slim\n")
    assert re.search(r"^USER sineta$", final, re.MULTILINE)
    assert "manage.py collectstatic --no-input" in build
    assert "pip install" not in final


def test_volumes_are_declared() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


# Commands


def test_threads_of_all_containers_fit_into_the_database() -> None:
    """Each thread keeps a connection; beside them migrations, a shell and the probes need some."""
    threads = sum(
        int(command_of(name)[command_of(name).index("-c") + 1]) for name in ("worker-turns", "worker-delivery")
    )
    web = command_of("web")
    threads += int(web[web.index("--blocking-threads") + 1])
    limit = next(word for word in SERVICES["postgres"]["command"] if word.startswith("max_connections="))
    assert threads + 20 <= int(limit.partition("=")[2])


def test_workers_serve_every_queue_once() -> None:
    served = [command_of(name)[command_of(name).index("-Q") + 1] for name in ("worker-turns", "worker-delivery")]
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {settings.CELERY_TASK_DEFAULT_QUEUE}
    assert set(served) == routed == set(heartbeats.QUEUES)


@pytest.mark.parametrize("name", OURS)
def test_programs_and_management_commands_exist(name: str) -> None:
    for command in (command_of(name), SERVICES[name].get("healthcheck", {}).get("test", [])[1:]):
        if command:
            assert command[0] == "python" or importlib.util.find_spec(command[0])
        if "manage.py" in command:
            assert command[command.index("manage.py") + 1] in get_commands()


def test_build_collects_static_files_without_a_server(tmp_path: Path) -> None:
    line = next(line for line in DOCKERFILE.splitlines() if "collectstatic" in line)
    words = shlex.split(line.removeprefix("RUN ").removesuffix("\\"))
    given = dict(word.split("=", 1) for word in words if "=" in word)
    environment = {"PATH": os.environ["PATH"], **given, "STATE_DIR": str(tmp_path)}
    command = [sys.executable, *words[words.index("manage.py") :], "--dry-run", "--verbosity", "0"]
    assert subprocess.run(command, cwd=state.PROJECT, env=environment, check=False).returncode == 0  # noqa: S603 - as in the file


def run_until(said: str, command: list[str], environment: dict[str, str]) -> list[str]:
    """Run a process until it says that; return its lines so far."""
    with subprocess.Popen(  # noqa: S603 - as in the files
        command,
        cwd=state.PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        # The web server's own workers hold the pipe as well.
        patience = Timer(30, os.killpg, (process.pid, signal.SIGKILL))
        patience.start()
        lines: list[str] = []
        for line in process.stdout or []:
            lines.append(line)
            if said in line:
                os.killpg(process.pid, signal.SIGKILL)
                break
        patience.cancel()
    return lines


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("web", "Started worker-1"),
        ("worker-turns", "ready."),
        ("worker-delivery", "ready."),
        ("beat", "beat: Starting"),
    ],
)
def test_command_runs_and_every_line_is_json(
    name: str, said: str, environment: dict[str, str], real_broker: str, tmp_path: Path
) -> None:
    """V6 for the lines: all of them pass the one formatter, granian's and Celery's too."""
    # Warnings are about this checkout: no collected files, perhaps root. The image has neither.
    own = {"DEBUG": "0", "SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "localhost", "PYTHONWARNINGS": "ignore"}
    command = [word.replace("/tmp/", f"{tmp_path}/") for word in command_of(name)]  # noqa: S108 - the file's own
    if "--port" in command:
        command[command.index("--port") + 1] = "0"
        command[command.index("--host") + 1] = "127.0.0.1"
    lines = run_until(said, [sys.executable, "-m", *command], environment | own)
    told = [json.loads(line) for line in lines]
    assert any(said in line["event"] for line in told)
    assert all({"event", "level", "logger", "timestamp"} <= set(line) for line in told)


def test_heartbeat_command_tells_a_living_part_from_a_dead_one(servers: None) -> None:
    heartbeats._last.clear()
    heartbeats._note("beat")
    call_command("heartbeat", "beat")
    with pytest.raises(SystemExit, match=r"No sign of life from worker\.turns"):
        call_command("heartbeat", "worker.turns")
