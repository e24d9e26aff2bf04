"""`pia serve` and `pia worker`: the two processes of an installation, and stopping them cleanly."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import click

from pia_engine.cli.screen import open_app, say
from pia_engine.errors import N_, PiaError

SECONDS_TO_FINISH = 30
SECONDS_BEFORE_RESTART = 3.0


@click.command()
@click.option("--host", help="Address to listen on; default PIA_HOST.")
@click.option("--port", type=int, help="Port to listen on; default PIA_PORT.")
@click.option(
    "--worker/--no-worker",
    "--with-worker",
    "with_worker",
    default=True,
    show_default=True,
    help="Also run the worker that sends messages and publishes.",
)
def serve(host: str | None, port: int | None, with_worker: bool) -> None:
    """Serve the site until stopped with Ctrl-C."""
    from pia_engine.settings import Settings

    settings = Settings()
    host, port = host or settings.host, port or settings.port
    _check_installation()
    _check_free(host, port)
    if not with_worker:
        say("No worker runs here: no message is sent and nothing is published until “pia worker” runs too.")
    with _worker_beside() if with_worker else contextlib.nullcontext():
        threading.Thread(target=_welcome_when_up, args=(host, port), daemon=True).start()
        _serve_web(host, port)
    say("Stopped.")


@click.command()
@click.option("--once", is_flag=True, help="Do what is due, then stop.")
@click.option("--beside", type=int, hidden=True, help="Stop when the process with this id is gone.")
def worker(once: bool, beside: int | None) -> None:
    """Send messages, publish, and call what falls due, until stopped."""
    from pia_engine.jobs.worker import drain, run_worker

    with open_app() as app:
        if once:
            say(f"{drain(app)} jobs done.")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if beside:
            threading.Thread(target=_stop_when_alone, args=(beside, stop), daemon=True).start()
        run_worker(app, stop)


def _serve_web(host: str, port: int) -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "pia_engine:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=12,
        backpressure=64,
        log_level=LogLevels.error,
        workers_kill_timeout=10,
    ).serve()


@contextlib.contextmanager
def _worker_beside() -> Iterator[None]:
    """A worker process as long as the block runs; one that dies is started again. It gets Ctrl-C from here alone."""
    stopping = threading.Event()
    running: list[subprocess.Popen[bytes]] = [_start_worker()]
    watch = threading.Thread(target=_keep_running, args=(running, stopping), daemon=True)
    watch.start()
    try:
        yield
    finally:
        stopping.set()
        running[0].terminate()
        try:
            running[0].wait(SECONDS_TO_FINISH)
        except subprocess.TimeoutExpired:
            running[0].kill()
        watch.join()


def _start_worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pia_engine.cli", "worker", "--beside", str(os.getpid())]
    return subprocess.Popen(command, start_new_session=True)


def _keep_running(running: list[subprocess.Popen[bytes]], stopping: threading.Event) -> None:
    while not stopping.is_set():
        running[0].wait()
        if not stopping.wait(SECONDS_BEFORE_RESTART):
            say("The worker stopped; it is started again.")
            running[0] = _start_worker()


def _stop_when_alone(parent: int, stop: threading.Event) -> None:
    """A worker whose server was killed does not live on by itself."""
    while os.getppid() == parent and not stop.is_set():
        time.sleep(1)
    stop.set()


def _check_installation() -> None:
    """There is a city, and no questionnaire its people have answered has changed."""
    from pia_engine.extensions import db
    from pia_engine.services.cities import get_city
    from pia_engine.services.questionnaires import check_used_questionnaires

    with open_app():
        get_city(db.session())
        check_used_questionnaires(db.session())


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise PiaError(
                N_(
                    "Port %(port)s of %(host)s cannot be used (%(why)s). "
                    "Choose another: “pia serve --port %(next)s”, or “make run PORT=%(next)s”."
                ),
                port=port,
                host=host,
                next=port + 1 if port < 65535 else port - 1,
                why=error.strerror,
            ) from error


def _welcome_when_up(host: str, port: int) -> None:
    """Printed last, so that it stays on the screen."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            break
        time.sleep(0.1)
    _print_welcome()
    say(f"Listening on {host}, port {port}. Stop with Ctrl-C.")


def _print_welcome() -> None:
    from pia_engine.cli.demo import print_welcome
    from pia_engine.extensions import db
    from pia_engine.services.cities import get_city

    with open_app() as app:
        if get_city(db.session()).is_demo:
            print_welcome(app)
