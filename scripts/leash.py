"""Nothing that a script starts outlives the script, however the script ends.

tie() makes the script end with its parent and leaves a guard behind: a process
that waits for the script's end of a pipe to close, which a kill -9 does too,
and then kills what is still running and gives the terminal back. What has left
its session, as UML does, is known by a mark in its environment.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import termios
import time

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl
_pipe = None
_mark = f"/{os.getpid()}-{time.monotonic_ns()}/"

for _fd in range(3):
    try:
        os.fstat(_fd)
    except OSError:
        os.open(os.devnull, os.O_RDWR)  # is this one, the lowest that is free


def _tell(message):
    os.write(_pipe, message.encode() + b"\n")


def _end(signum, _frame):
    sys.exit(128 + signum)


def tie(parent):
    """parent is the process to end with: make, or the script that started this one."""
    global _pipe
    for signum in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(signum, _end)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(1)
    read, _pipe = os.pipe()
    if os.fork() == 0:
        try:
            os.close(_pipe)
            _guard(read)
        finally:
            os._exit(0)
    os.close(read)


def _guard(pipe):
    os.setsid()
    saved = termios.tcgetattr(0) if os.isatty(0) else None
    terminal = os.dup(0)
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    running, raw = set(), False
    with os.fdopen(pipe) as messages:
        for message in messages:
            verb, pid = message.split()
            if verb == "start":
                running.add(int(pid))
            elif verb == "end":
                running.discard(int(pid))
            else:
                raw = verb == "raw"
    for pid in running:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{entry}/environ", "rb") as environ:
                if _mark.encode() in environ.read():
                    os.kill(int(entry), signal.SIGKILL)
    if saved and raw:
        termios.tcsetattr(terminal, termios.TCSANOW, saved)


def terminal_is(state):
    """state is "raw" or "sane"."""
    _tell(state + " 0")


def _enter():
    # Told from the child itself: there is no moment when it runs and the guard
    # does not know.
    os.setsid()
    _tell(f"start {os.getpid()}")
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def start(command, **options):
    """Popen, in a session of its own."""
    # After the marks of those that have started us: their guards kill what we start, too.
    env = options.get("env") or os.environ
    options["env"] = dict(env, KOWN_LEASH=os.environ.get("KOWN_LEASH", "") + _mark)
    return subprocess.Popen(command, preexec_fn=_enter, **options)


def stop(process):
    """Ends what still runs of the session: the process, or what it left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    _tell(f"end {process.pid}")


def run(command, **options):
    """Runs command to its end, returns its status."""
    process = start(command, **options)
    try:
        return process.wait()
    finally:
        stop(process)


def output(command, **options):
    """What command prints, or exits as it did."""
    process = start(command, stdout=subprocess.PIPE, text=True, **options)
    try:
        text = process.communicate()[0].strip()
    finally:
        stop(process)
    if process.returncode:
        sys.exit(process.returncode)
    return text
