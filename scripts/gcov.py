"""Kown compiled so that it counts what of it runs."""

import base64
import glob
import io
import os
import re
import tarfile

import leash
from project import PARTS, ROOT, copy_sources


def copy(to):
    """In headers each function becomes one function, wherever it is called: else what is
    inlined has its branches in each copy."""
    status = copy_sources(to, "--exclude=*.h", "--exclude=*.gcno")
    headers = [header for part in PARTS for header in glob.glob(f"{part}/**/*.h", root_dir=ROOT, recursive=True)]
    for header in headers:
        path = os.path.join(to, header)
        with open(os.path.join(ROOT, header)) as file:
            text = re.sub(r"(?m)^static (__always_)?inline\b", "static noinline __maybe_unused", file.read())
        if os.path.exists(path):
            with open(path) as file:
                if file.read() == text:
                    continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
    return status


def counts(build):
    """What has been counted, by file."""
    return glob.glob(os.path.join(build, "**", "*.gcda"), recursive=True)


def unpack(lines, build):
    """What a VM has counted: a tar archive in base64, with the paths that the compiler was given."""
    with tarfile.open(fileobj=io.BytesIO(base64.b64decode("".join(lines)))) as archive:
        for member in archive.getmembers():
            path = os.path.normpath(f"/{member.name}")
            if member.isfile() and path.startswith(f"{build}/"):
                with open(path, "wb") as file:
                    file.write(archive.extractfile(member).read())


def collect(sources, build, result):
    """The counts, as gcovr has them, of the files that are under test."""
    if not counts(build):
        return "nothing was counted"
    status = leash.run(["gcovr", "--root", sources, "--filter", "module/", "--filter", "include/kown/",
                        "--exclude-unreachable-branches", "--exclude-throw-branches", "--json", result, build], cwd=sources)
    return f"gcovr ended with status {status}" if status else None
