"""A virtual machine in QEMU, and the wires to it."""

import os
import selectors
import signal
import socket
import subprocess
import sys
import termios
import time
import tty

import leash
import splat

FAILED = 125
ESCAPE = b"\x1d"  # Ctrl-]
SETTLE = 2  # seconds that a splat has to say all


def say(message):
    print(f"vm: {message}", file=sys.stderr, flush=True)


class Wire:
    """One of the VM's serial ports: a socket whose other end QEMU holds."""

    def __init__(self, name, handle):
        self.name = name
        self.handle = handle
        self.socket, self.theirs = socket.socketpair()
        self.rest = b""

    def lines(self, data):
        *lines, self.rest = (self.rest + data).split(b"\n")
        return [line.decode(errors="replace").strip() for line in lines]


class Machine:
    def __init__(self, image, initrd, options):
        self.options = options
        self.interactive = not options.cmd
        self.up = False  # the kernel has come to our init
        self.ready = False
        self.status = None
        self.reason = None  # why the VM failed
        self.counted = []  # by gcov, in base64
        self.scanner = splat.Scanner()
        self.tail = []  # of the console: its last lines, or the first splat
        os.makedirs(os.path.dirname(options.console), exist_ok=True)
        self.log = open(options.console, "wb", buffering=0)
        self.terminal = Wire("terminal", self.on_terminal)
        self.control = Wire("control", self.on_control)
        self.console = Wire("console", self.on_console)
        self.wires = self.console, self.terminal, self.control
        self.selector = selectors.DefaultSelector()
        self.qemu = self.start(image, initrd)
        self.started = time.monotonic()
        self.deadline = self.started + options.boot_timeout

    def start(self, image, initrd):
        options = self.options
        command = ["qemu-system-x86_64", "-machine", "q35", "-accel", options.accel,
                   "-cpu", "host" if options.accel == "kvm" else "max", "-m", options.mem, "-smp", options.smp,
                   "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                   "-kernel", image, "-initrd", f"/proc/self/fd/{initrd}",
                   "-append", "console=ttyS0 panic=-1 cryptomgr.notests",
                   *["-icount", "shift=0"] * options.icount]
        # By default ttyS2 shares its interrupt with ttyS0, and on an ISA bus some get lost.
        # A kernel without PCI cannot be told, and does not use that of ttyS0.
        for index, (wire, irq) in enumerate(zip(self.wires, (4, 3, 4 if options.debug else 5))):
            command += ["-chardev", f"socket,id={wire.name},fd={wire.theirs.fileno()}",
                        "-device", f"isa-serial,chardev={wire.name},index={index},irq={irq}"]
        qemu = leash.start(command, stdin=subprocess.DEVNULL,
                           pass_fds=[initrd, *(wire.theirs.fileno() for wire in self.wires)])
        for wire in self.wires:
            wire.theirs.close()
        return qemu

    def fail(self, reason):
        self.reason = self.reason or reason

    def end_within(self, seconds):
        self.deadline = min(self.deadline, time.monotonic() + seconds)

    def on_console(self, data):
        self.log.write(data)
        for line in self.console.lines(data):
            if not self.scanner.found:
                self.tail = self.tail[-40:] + [line]
            elif len(self.tail) < 80:
                self.tail.append(line)
            if not self.scanner.feed(line):
                continue
            self.fail(f"kernel splat: {line}")
            if self.interactive and self.ready:
                say(f"kernel splat: {line}\r")
            else:
                self.end_within(SETTLE)

    def on_terminal(self, data):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    def on_control(self, data):
        for line in self.control.lines(data):
            word, _, rest = line.partition(" ")
            if word == "up":
                self.up = True
            elif word == "ready":
                self.ready = True
                self.deadline = self.started + self.options.timeout
                if self.interactive:
                    self.tell_size()
                    self.selector.register(0, selectors.EVENT_READ, self.on_keyboard)
            elif word == "status":
                self.status = 0 if self.interactive else int(rest)
                self.end_within(5)
            elif word == "counted":
                self.counted.append(rest)
            elif word == "failed":
                self.fail(f"the module did not load: {rest}")
                self.end_within(5)

    def on_keyboard(self, data):
        if ESCAPE in data:
            sys.exit("\rvm: ended by Ctrl-]")
        self.terminal.socket.sendall(data)

    def tell_size(self, *_):
        if self.ready:
            size = os.get_terminal_size(0)
            self.control.socket.sendall(f"{size.lines} {size.columns}\n".encode())

    def relay(self):
        """Until the VM is gone or its time is up."""
        for wire in self.wires:
            self.selector.register(wire.socket, selectors.EVENT_READ, wire.handle)
        if self.interactive:
            signal.signal(signal.SIGWINCH, self.tell_size)
        live = len(self.wires)
        while live:
            left = self.deadline - time.monotonic()
            if left <= 0:
                limit = self.options.timeout if self.ready else self.options.boot_timeout
                return self.status is None and self.fail(f"not {'over' if self.ready else 'ready'} after {limit:g} seconds")
            for key, _ in self.selector.select(None if left == float("inf") else left):
                try:
                    data = os.read(key.fd, 65536)
                except ConnectionResetError:
                    data = b""
                if data:
                    key.data(data)
                elif key.fd == 0:
                    sys.exit("\rvm: the terminal is gone")
                else:
                    self.selector.unregister(key.fileobj)
                    live -= 1
        if self.status is None:
            self.fail("the VM ended before it was told to")

    def run(self):
        """Returns the command's status, or FAILED after saying why."""
        saved = termios.tcgetattr(0) if self.interactive else None
        try:
            if saved:
                leash.terminal_is("raw")
                tty.setraw(0)
            self.relay()
        finally:
            if saved:
                termios.tcsetattr(0, termios.TCSADRAIN, saved)
                leash.terminal_is("sane")
            leash.stop(self.qemu)
        if not self.reason:
            return self.status
        say(f"from the console ({os.path.relpath(self.options.console)}):")
        for line in self.tail:
            print(f"  {line}", file=sys.stderr)
        say(f"FAILED: {self.reason}")
        return FAILED
