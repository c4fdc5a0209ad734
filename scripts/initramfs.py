"""An initramfs, built in memory: the cpio format that the kernel calls newc."""

import os
import re
import stat
import subprocess


class Initramfs:
    def __init__(self):
        self.entries = {}  # path without leading slash: (mode, bytes)

    def directory(self, path, permissions=0o755):
        self._add(path, stat.S_IFDIR | permissions, b"")

    def text(self, path, content, permissions=0o644):
        self._add(path, stat.S_IFREG | permissions, content.encode())

    def link(self, path, target):
        self._add(path, stat.S_IFLNK | 0o777, target.encode())

    def copy(self, source, path):
        """A file, or a directory with all that is in it."""
        mode = os.stat(source).st_mode
        if stat.S_ISDIR(mode):
            self.directory(path)
            for name in os.listdir(source):
                self.copy(os.path.join(source, name), f"{path}/{name}")
        else:
            with open(source, "rb") as file:
                self._add(path, stat.S_IFREG | stat.S_IMODE(mode), file.read())

    def program(self, source, path):
        """With the libraries that it is linked with, where it looks for them."""
        self.copy(source, path)
        said = subprocess.run(["ldd", source], stdout=subprocess.PIPE, text=True, check=True).stdout
        for library in re.findall(r"(/\S+) \(0x", said):
            self.copy(library, library)

    def _add(self, path, mode, content):
        path = path.strip("/")
        parent = os.path.dirname(path)
        if parent and parent not in self.entries:
            self.directory(parent)
        self.entries[path] = mode, content

    def write(self, file):
        # Sorted, a directory comes before what is in it.
        for ino, (path, (mode, content)) in enumerate(sorted(self.entries.items()), 1):
            _record(file, ino, path, mode, content)
        _record(file, 0, "TRAILER!!!", 0, b"")


def _record(file, ino, path, mode, content):
    name = path.encode() + b"\0"
    #         ino  mode uid gid nlink mtime size       dev    rdev  name       check
    fields = (ino, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
    header = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    file.write(header + bytes(-len(header) % 4) + content + bytes(-len(content) % 4))
